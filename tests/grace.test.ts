import { expect, test } from 'vitest'
import { Browser } from './browser.ts'
import { answerOf, arrive, ask, identify, redeem, signIn, underWayIn } from './sign-in.ts'
import { serverForAll } from './test-server.ts'

// A rule gives people two weeks to get an app: from when it first applied to them, and not from when somebody typed their name.

const server = await serverForAll(
  ({ harbour }) => `
bench: { people: people.yaml }
policies:
  payroll: { rules: [{ name: everyone, then: { primary: [password, totp], enrol: grace 14d } }] }
clients: { harbour: { client_name: Harbour Payroll, redirect_uris: ['${harbour}/callback'], policy: payroll } }
attempts: { per_address_a_minute: 100000 }`,
)
const bare = { username: 'bare', password: 'somebody without an app 7' }
await server.restart(JSON.stringify([bare, { ...bare, username: 'new' }]))
const dayMs = 86_400_000

async function amr() {
  const asked = await ask(server)
  return (await redeem(asked, await signIn(new Browser(), asked, bare))).claims()?.amr
}

test('a name that anybody types starts nothing; the first sign-in does, and two weeks later it is over', async () => {
  const stranger = new Browser()
  const { page, view } = await arrive(stranger, await ask(server))
  await stranger.post(`${page}/answer`, answerOf(await identify(stranger, page, view, bare.username), 'wrong'))

  server.clock.aheadMs += 20 * dayMs
  expect(await amr()).toEqual(['pwd'])
  server.clock.aheadMs += 13 * dayMs
  expect(await amr()).toEqual(['pwd'])

  server.clock.aheadMs += 2 * dayMs
  const browser = new Browser()
  const asked = await ask(server)
  const late = await arrive(browser, asked)
  const named = await identify(browser, late.page, late.view, bare.username)
  const after = await underWayIn(await browser.post(`${late.page}/answer`, answerOf(named, bare.password)))
  expect(after).toMatchObject({ at: 'refused', why: 'not-enrolled', missing: ['totp'] })

  // The bench says so too, of them and of this sign-in.
  const over = { is: 'refuse', missing: ['totp'] }
  const told = async (path: string) => (await fetch(`${server.issuer}/bench/api/${path}`)).json()
  expect(await told('matrix/harbour')).toMatchObject([{ person: 'bare', outcome: over }, { person: 'new' }])
  expect(await told('matrix/harbour/bare')).toMatchObject({ outcome: over })
  expect(await told(`runs/harbour/${asked.checks.expectedNonce}`)).toMatchObject({ why: { next: over } })
})

test('somebody to whom the rule never applied has all of its time', async () => {
  const { outcome } = await (await fetch(`${server.issuer}/bench/api/matrix/harbour/new`)).json()
  expect(outcome).toMatchObject({ is: 'done', owed: ['totp'] })
})
