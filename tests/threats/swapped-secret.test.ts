import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { codeOf } from '../app.ts'
import { Browser } from '../browser.ts'
import { ada, grace } from '../people/people.ts'
import { answerOf, arrive, ask, choose, identify, provenBy, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: somebody who can write the database, and not read the key, puts their own sealed secret into another
// person's row, or that person's into theirs (Authelia binds a row's identity for this reason).

const server = await serverForAll()

test('a sealed secret in another row proves nothing: the answer fails, and nothing is written of it', async () => {
  const raw = new DatabaseSync(`${server.dataFolder}/sallyport.sqlite`)
  const { store } = server.app.context
  const idOf = async ({ username }: { username: string }) => (await store.people.byName(username))?.id ?? ''
  const sealed = raw
    .prepare("SELECT sealed FROM authenticators WHERE account = ? AND factor = 'totp'")
    .get(await idOf(grace))?.sealed as string
  raw.prepare("UPDATE authenticators SET sealed = ? WHERE account = ? AND factor = 'totp'").run(sealed, await idOf(ada))

  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server, 'treasury'))
  const named = await identify(browser, page, view, ada.username)
  const second = await underWayIn(await browser.post(`${page}/answer`, answerOf(named, ada.password)))
  expect(second.at).toBe('choose')
  await expect(choose(browser, page, second, 'Work phone')).rejects.toThrow('server-fault')
  const [app] = grace.apps
  const answer = await browser.post(`${page}/answer`, {
    ...answerOf(named, ''),
    answer: { code: app ? codeOf(server, app) : '' },
  })
  expect(answer.status).toBeGreaterThanOrEqual(400)
  expect((await provenBy(server, second)).map(({ factor }) => factor)).toEqual(['password'])
  raw.close()
})

test('nor does one of the same person’s, of another authenticator', async () => {
  const raw = new DatabaseSync(`${server.dataFolder}/sallyport.sqlite`)
  raw
    .prepare(
      "UPDATE authenticators SET sealed = (SELECT a.sealed FROM authenticators a WHERE a.factor = 'totp' AND a.account = authenticators.account) WHERE factor = 'password'",
    )
    .run()
  raw.close()
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  const named = await identify(browser, page, view, grace.username)
  expect((await browser.post(`${page}/answer`, answerOf(named, grace.password))).status).toBe(500)
  expect(await provenBy(server, named)).toEqual([])
})
