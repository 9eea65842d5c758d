import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { importPeople } from '#server/people/import.ts'
import { codeOf, nextStep } from '../app.ts'
import { Browser, viewIn } from '../browser.ts'
import { ada, grace, nobody } from '../people/people.ts'
import { answerOf, arrive, ask, choose, codeAnswerOf, identify, redeem, underWayIn } from '../sign-in.ts'
import { openTestServer, serverForAll } from '../test-server.ts'

const server = await serverForAll()
beforeEach(() => nextStep(server, 3))
const [phone, tablet] = ada.apps as [(typeof ada.apps)[number], (typeof ada.apps)[number]]

/** Somebody at the second door, with one of their apps. */
async function atTheCode(person: typeof ada | typeof grace, app = 'Work phone') {
  const [browser, asked] = [new Browser(), await ask(server, 'treasury')]
  const { page, view } = await arrive(browser, asked)
  const named = await identify(browser, page, view, person.username)
  const second = await underWayIn(await browser.post(`${page}/answer`, answerOf(named, person.password)))
  const choice = second.at === 'answer' && second.label !== app && second.canChoose
  const again = choice ? await browser.post(`${page}/challenge`, { revision: second.revision }) : null
  const view2 = again ? await underWayIn(again) : second
  const open = view2.at === 'choose' ? await choose(browser, page, view2, app) : view2
  const send = (code: string, to = open) => browser.post(`${page}/answer`, codeAnswerOf(to, code))
  return { browser, asked, page, open, send }
}

test('a password and the code of an app: pwd, otp and mfa, at AAL2', async () => {
  const { browser, asked, open, send } = await atTheCode(ada)
  expect(open).toMatchObject({ at: 'answer', challenge: { factor: 'totp', prompt: { digits: 6 } } })
  expect(open.doors).toEqual([
    { label: 'password', of: 1, state: 'passed' },
    { label: 'totp', of: 1, state: 'open' },
  ])
  const done = await underWayIn(await send(codeOf(server, phone)))
  if (done.at !== 'done') throw new Error(JSON.stringify(done))
  const tokens = await redeem(asked, (await browser.follow(done.goTo)).url)
  expect(tokens.claims()).toMatchObject({ amr: ['pwd', 'otp', 'mfa'], acr: 'urn:sallyport:acr:aal2' })
})

test('a wrong code and a used one are 422, each with its own reason; the next one is right', async () => {
  expect((await (await atTheCode(ada)).send(codeOf(server, phone))).status).toBe(200)

  const { page, browser, send } = await atTheCode(ada)
  const used = await send(codeOf(server, phone))
  expect(used.status).toBe(422)
  const again = await underWayIn(used)
  expect(again).toMatchObject({ at: 'answer', refusal: { code: 'used-code' } })
  const wrong = await send('000000', again)
  expect(wrong.status).toBe(422)
  const open = await underWayIn(wrong)
  expect(open).toMatchObject({ at: 'answer', refusal: { code: 'wrong-code' } })
  nextStep(server)
  expect((await browser.post(`${page}/answer`, codeAnswerOf(open, codeOf(server, phone)))).status).toBe(200)
})

test('one app’s code is used, and the other one’s is not; each is checked by its own', async () => {
  expect((await (await atTheCode(ada)).send(codeOf(server, phone))).status).toBe(200)
  const { send } = await atTheCode(ada, 'Tablet')
  const wrong = await send(codeOf(server, phone))
  expect(wrong.status).toBe(422)
  const open = await underWayIn(wrong)
  expect((await send(codeOf(server, tablet), open)).status).toBe(200)
})

test('somebody else’s code is wrong', async () => {
  const { send } = await atTheCode(grace)
  expect(await viewIn(await send(codeOf(server, phone)))).toMatchObject({ refusal: { code: 'wrong-code' } })
})

test('a code is text: a number, a list or anything beside it is not understood, and costs nothing', async () => {
  const { browser, page, open, send } = await atTheCode(ada)
  const code = codeOf(server, phone)
  for (const answer of [{ code: Number(code) }, { code: [code] }, { code, digits: 1 }, {}, null, code]) {
    const { status } = await browser.post(`${page}/answer`, { ...codeAnswerOf(open, code), answer })
    expect([answer, status]).toEqual([answer, 400])
  }
  expect((await send(code)).status).toBe(200)
})

test('importing the same people again makes no code new', async () => {
  const code = codeOf(server, phone)
  expect((await (await atTheCode(ada)).send(code)).status).toBe(200)
  const imported = await importPeople(
    server.app.context.store,
    join(server.dataFolder, 'people.yaml'),
    () => new Date(),
  )
  expect(imported).toMatchObject({ changed: 0, unchanged: 2 })
  expect(await viewIn(await (await atTheCode(ada)).send(code))).toMatchObject({ refusal: { code: 'used-code' } })
})

test('no secret of an app is readable in the store, and no code in it or in the log', async () => {
  const { send } = await atTheCode(ada)
  await send('918273')
  const files = ['sallyport.sqlite', 'sallyport.sqlite-wal'].map((name) => readFileSync(join(server.dataFolder, name)))
  const text = Buffer.concat(files).toString('latin1')
  expect(text).toContain('wrong-code')
  for (const secret of [phone.secret, tablet.secret, '918273']) expect(text).not.toContain(secret)
})

describe('before the first proof', () => {
  test('a code of nobody is asked for, and refused, like one of somebody', async () => {
    const config = (origins: { harbour: string }) => `
policies: { codes: { rules: [{ name: everyone, then: { primary: [totp] } }] } }
clients: { harbour: { client_name: H, redirect_uris: ['${origins.harbour}/callback'], policy: codes } }`
    const apps = await openTestServer(config)
    await importPeople(apps.app.context.store, join(apps.dataFolder, 'people.yaml'), () => new Date())
    const shown = []
    for (const { username } of [ada, nobody]) {
      const browser = new Browser()
      const { page, view } = await arrive(browser, await ask(apps))
      const open = await identify(browser, page, view, username)
      const refused = await browser.post(`${page}/answer`, codeAnswerOf(open, '123 456'))
      const after = await underWayIn(refused)
      if (open.at !== 'answer' || after.at !== 'answer') throw new Error(`${open.at}, ${after.at}`)
      shown.push([open.challenge.prompt, refused.status, after.refusal, after.doors, after.revision])
    }
    await apps.stop()
    expect(shown[0]).toEqual(shown[1])
  })
})
