import { afterEach, beforeEach, expect, test } from 'vitest'
import { importPeople } from '#server/people/import.ts'
import { codeOf, nextStep } from '../app.ts'
import { Browser, viewIn } from '../browser.ts'
import { ada, type Clients, grace } from '../people/people.ts'
import { answerOf, arrive, ask, codeAnswerOf, guess, identify, signIn, underWayIn } from '../sign-in.ts'
import { openTestServer, type TestServer } from '../test-server.ts'
import { fileWith } from './people-file.ts'

// The attack: guess at somebody's password once a quarter of an hour, which costs nothing, until so many consecutive
// failures are reached (NIST SP 800-63B-4 §3.2.2) that the right one is wrong for good: also from its owner.

const token = 'a token of the administrators alone, 41'
const most = 7
const configured = ({ harbour, lighthouse, treasury }: Clients) => `admin: { secret: '${token}' }
bench: { people: people.yaml }
attempts: { per_address_a_minute: 20, disable_after: ${most} }
policies:
  staff: { rules: [{ name: everyone, then: { primary: [password] } }] }
  payroll: { rules: [{ name: everyone, then: { primary: [password, totp] } }] }
  apps: { rules: [{ name: everyone, then: { primary: [totp, password] } }] }
clients:
  harbour: { client_name: Harbour, redirect_uris: ['${harbour}/callback'], policy: staff }
  lighthouse:
    { client_name: Lighthouse, redirect_uris: ['${lighthouse}/callback'], policy: apps, client_secret: a secret of the lighthouse alone }
  treasury: { client_name: Treasury, redirect_uris: ['${treasury}/callback'], policy: payroll }
`
let server: TestServer
beforeEach(async () => {
  server = await openTestServer(configured)
})
afterEach(() => server.stop())
const [phone] = grace.apps as [(typeof grace.apps)[number]]

const admin = async (path: string, body: object) => {
  const response = await fetch(`${server.issuer}/api/admin${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  })
  return response.json()
}
/** One guess, and as long a wait as it asks for. */
async function guessPatiently() {
  const { view } = await guess(server, grace.username, 'wrong')
  const { until } = view.refusal ?? {}
  server.clock.aheadMs += until ? Date.parse(until) - Date.now() - server.clock.aheadMs + 1 : 60_001
}
async function guessAway() {
  for (let failure = 0; failure < most; failure++) await guessPatiently()
  // The waits are forgotten; the consecutive failures are not.
  server.clock.aheadMs += 12 * 3_600_000 + 1000
  expect((await guess(server, grace.username, grace.password)).code).toBe('wrong-password')
}
const stateOf = async () =>
  (await admin('/people/authenticators', { who: grace.username })).find(
    ({ factor }: { factor: string }) => factor === 'password',
  )
/** Somebody has signed in here before. */
async function ownBrowser(): Promise<Browser> {
  const browser = new Browser()
  expect(await signIn(browser, await ask(server), grace)).toMatch(/code=/)
  return browser
}
/** An answer to a sign-in anew in a browser: the view, and what was said. */
async function answerIn(browser: Browser, password: string) {
  const asked = await ask(server, 'harbour', { prompt: 'login' })
  const { page, view } = await arrive(browser, asked)
  const named = view.at === 'identify' ? await identify(browser, page, view, grace.username) : view
  return underWayIn(await browser.post(`${page}/answer`, answerOf(named, password)))
}

test('a browser that she has signed in with goes on, whatever strangers do, and under which policy', async () => {
  const own = await ownBrowser()
  await guessAway()
  expect(await stateOf()).toMatchObject({ failures: most, shut: { strangers: true, afterProof: false } })
  // Another policy in force, and so a known browser that is known no more: that is another cookie.
  server.reconfigure((clients) => configured(clients).replace('name: everyone', 'name: changed'))
  expect((await answerIn(own, grace.password)).at).toBe('done')
  // Her own right answer ends the row of failures, for everybody.
  expect((await guess(server, grace.username, grace.password)).view.at).toBe('done')
})

test('in the middle of a flood from her own address, too', async () => {
  const own = await ownBrowser()
  for (let failure = 0; failure < 25; failure++) await guess(server, grace.username, 'wrong')
  expect((await guess(server, grace.username, grace.password)).code).toBe('locked')
  expect((await guess(server, ada.username, ada.password)).code).toBe('locked')
  expect((await answerIn(own, grace.password)).at).toBe('done')
})

test('the browser’s own count is one: it waits, it is not begun anew by a sign-in of another person, and it ends', async () => {
  const own = await ownBrowser()
  for (let failure = 0; failure < 5; failure++) expect((await answerIn(own, 'wrong')).at).toBe('answer')
  expect((await answerIn(own, grace.password)).refusal).toMatchObject({ code: 'locked' })
  // Nobody else pays for it.
  expect((await guess(server, grace.username, grace.password)).view.at).toBe('done')
  for (let failure = 5; failure < most; failure++) {
    server.clock.aheadMs += 16 * 60_000
    await answerIn(own, 'wrong')
  }
  // From then on it is a stranger's browser: of a shut password nothing is right in it.
  await guessAway()
  expect((await answerIn(own, grace.password)).refusal).toMatchObject({ code: 'wrong-password' })
})

test('a stolen cookie of somebody else, or one that was made up, has no budget', async () => {
  const others = new Browser()
  await signIn(others, await ask(server), ada)
  await guessAway()
  expect((await answerIn(others, grace.password)).refusal?.code).toBe('wrong-password')
  const made = new Browser()
  await made.jar.setCookie('sallyport_device=eyJhY2NvdW50IjoiZ3JhY2UifQ; Path=/', server.issuer)
  expect((await answerIn(made, grace.password)).refusal?.code).toBe('wrong-password')
})

test('behind another proven factor it is open in any browser', async () => {
  await guessAway()
  nextStep(server)
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server, 'lighthouse'))
  const named = await identify(browser, page, view, grace.username)
  const second = await underWayIn(await browser.post(`${page}/answer`, codeAnswerOf(named, codeOf(server, phone))))
  expect(second).toMatchObject({ at: 'answer', challenge: { factor: 'password' } })
  expect(await viewIn(await browser.post(`${page}/answer`, answerOf(second, grace.password)))).toMatchObject({
    at: 'done',
  })
})

test('an operator unlocks it, by the API, and that is written down', async () => {
  await guessAway()
  const { authenticators } = await admin('/people/unlock', { who: grace.username })
  expect(authenticators).toContainEqual(
    expect.objectContaining({ factor: 'password', failures: 0, shut: { strangers: false, afterProof: false } }),
  )
  expect((await guess(server, grace.username, grace.password)).view.at).toBe('done')
})

test('another password opens it, also while strangers have to wait', async () => {
  await guessAway()
  for (let failure = 0; failure < 5; failure++) await guess(server, grace.username, 'wrong')
  const changed = { ...grace, password: 'a password that is another one 7' }
  await importPeople(
    server.app.context.store,
    fileWith(server, changed),
    () => new Date(Date.now() + server.clock.aheadMs),
  )
  expect((await guess(server, grace.username, changed.password)).view.at).toBe('done')
})

async function withCode(browser: Browser, code: () => string) {
  const { page, view } = await arrive(browser, await ask(server, 'treasury', { prompt: 'login' }))
  const named = view.at === 'identify' ? await identify(browser, page, view, grace.username) : view
  const at = await underWayIn(await browser.post(`${page}/answer`, answerOf(named, grace.password)))
  if (at.at !== 'answer') return { at, end: at }
  const end = await underWayIn(await browser.post(`${page}/answer`, codeAnswerOf(at, code())))
  if (end.at === 'done') await browser.follow(end.goTo)
  return { at, end }
}
/** Whoever has her password guesses at her app. */
async function guessAppAway() {
  for (let failure = 0; failure < most; failure++) {
    await withCode(new Browser(), () => '000000')
    server.clock.aheadMs += 16 * 60_000
  }
  nextStep(server, 4)
}

test('after her password, a stranger’s guesses at her app shut it for strangers and not for her browser', async () => {
  const own = new Browser()
  nextStep(server)
  expect((await withCode(own, () => codeOf(server, phone))).end.at).toBe('done')
  await guessAppAway()
  expect((await withCode(new Browser(), () => codeOf(server, phone))).at).toMatchObject({ at: 'refused' })
  expect((await withCode(own, () => codeOf(server, phone))).end.at).toBe('done')
})

test('what was ended is not believed again because somebody signs in there with less', async () => {
  const stolen = new Browser()
  nextStep(server)
  expect((await withCode(stolen, () => codeOf(server, phone))).end.at).toBe('done')
  await admin('/sessions/end', { who: grace.username })
  server.clock.aheadMs += 1000
  // Whoever has that browser has her password, and not her app.
  expect(await signIn(stolen, await ask(server), grace)).toMatch(/code=/)
  await guessAppAway()
  expect((await withCode(stolen, () => codeOf(server, phone))).at).toMatchObject({ at: 'refused' })
})
