import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import type { Clients } from '../people/people.ts'
import { answerOf, arrive, ask, identify, redeem, trailOf, type UnderWay, underWayIn } from '../sign-in.ts'
import { openTestServer, type TestServer } from '../test-server.ts'

// One request that names and answers does what two requests do: the same page, the same counts, the same records.

const configured = ({ harbour, lighthouse, treasury }: Clients) => `bench: { people: people.yaml }
attempts: { per_address_a_minute: 12 }
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
const password = 'limestone lantern 41'
const wrong = 'a wrong password, and long'
const twin = (name: string) => [`one.${name}`, `two.${name}`] as const
const people = ['ada', 'eve', 'off', 'app']
  .flatMap(twin)
  .map((username) => {
    const [, kind] = username.split('.')
    const own = kind === 'app' ? {} : { password }
    const totp = { factor: 'totp', label: 'Phone', secret: 'GKWGI6PMB6L3SX5ZFAMPDJYRA3NGYVUS' }
    return `- ${JSON.stringify({ username, ...own, disabled: kind === 'off', groups: [], authenticators: [totp] })}`
  })
  .join('\n')

let server: TestServer
beforeAll(async () => {
  server = await openTestServer(configured)
  await server.restart(people)
})
afterAll(() => server.stop())
// The address has its failures of a minute anew.
beforeEach(() => {
  server.clock.aheadMs += 61_000
})

const together = (browser: Browser, page: string, { revision }: UnderWay, username: string, answer: object) =>
  browser.post(`${page}/identify`, { username, revision, answer })

/** What is shown, but for what has to differ. */
async function shown(response: Response) {
  const view = await viewIn(response)
  const { uid, revision, closesInMs, username, challenge, goTo, reference, ...rest } = view as unknown as Record<
    string,
    unknown
  >
  const { id, authenticator, ...asked } = (challenge ?? {}) as Record<string, unknown>
  const { at, refusal } = rest as { at: string; refusal?: { code: string; until?: string } | null }
  const until = refusal?.until && Math.round((Date.parse(refusal.until) - server.app.context.now().getTime()) / 60_000)
  const name = String(username).replace(/^(one|two)/, 'twin')
  return { status: response.status, at, ...rest, refusal: refusal && { code: refusal.code, until }, asked, name }
}

/** All that is counted and recorded of somebody's sign-in. */
async function counted(username: string, view: UnderWay) {
  const { store } = server.app.context
  const person = await store.people.byName(username)
  const keys = [`name ${username}`, `account ${person?.id}`, `nobody ${username}`]
  const counts = await Promise.all(keys.map(async (of) => (await store.attempts.get(`password of ${of}`))?.failures))
  const address = (await store.attempts.get('address 127.0.0.1'))?.failures
  const all = await store.authenticators.list(person?.id ?? '', 'password')
  const records = (await trailOf(server, view)).map((entry) => ({
    kind: entry.kind,
    isTheirs: entry.account === (person?.disabled ? null : (person?.id ?? null)),
    factor: 'factor' in entry && entry.factor,
    authenticator: 'authenticator' in entry && entry.authenticator === null,
    why: entry.kind === 'refused' && entry.why,
  }))
  const kept = (await store.documents.get('SignIn', view.uid))?.value
  const { refusals, openings, named, choosing } = kept ?? {}
  return {
    counts,
    address,
    failures: all.map(({ failures }) => failures),
    records,
    refusals,
    openings,
    named,
    choosing,
  }
}

/** One sign-in with these passwords one after the other, of which the first comes with the name or after it. */
async function walk(isTogether: boolean, username: string, passwords: readonly string[], client = 'harbour') {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server, client))
  const [first = '', ...others] = passwords
  const said: unknown[] = []
  let response: Response
  if (isTogether) response = await together(browser, page, view, username, { password: first })
  else {
    const named = await identify(browser, page, view, username)
    response =
      named.at === 'answer' ? await browser.post(`${page}/answer`, answerOf(named, first)) : await browser.get(page)
  }
  said.push(await shown(response.clone()))
  let open = await viewIn(response)
  for (const next of others) {
    if (open.at !== 'answer') break
    response = await browser.post(`${page}/answer`, answerOf(open, next))
    said.push(await shown(response.clone()))
    open = await viewIn(response)
  }
  said.push(await shown(await browser.get(`${page}/view`)), await shown(await browser.get(page)))
  return { said, counted: await counted(username, view) }
}

const seven = Array<string>(7).fill(wrong)
test.each([
  ['the right password', 'ada', [password]],
  ['a wrong password', 'ada', [wrong]],
  ['a wrong password, and then the right one', 'ada', [wrong, password]],
  ['wrong ones until somebody has to wait, and then the right one', 'eve', [...seven, password]],
  ['a password that is too long to be one', 'ada', ['x'.repeat(2000)]],
  ['more wrong ones than the address has', 'ada', [...seven, ...seven]],
  ['a name of nobody', 'who', [password, wrong]],
  ['somebody who is disabled', 'off', [password, wrong]],
  ['somebody without a password', 'app', [password, wrong]],
])('%s', async (_, name, passwords) => {
  const [one, two] = twin(name)
  const { store } = server.app.context
  const apart = await walk(false, two, passwords)
  await store.attempts.clear(['address 127.0.0.1'])
  expect(await walk(true, one, passwords)).toEqual(apart)
})

test('a name that has to wait, and an address that has to, are told so at once, and nothing is verified', async () => {
  const [one, two] = twin('eve')
  for (const name of [one, two]) await walk(false, name, seven)
  await server.app.context.store.attempts.clear(['address 127.0.0.1'])
  const apart = await walk(false, two, [password])
  expect(await walk(true, one, [password])).toEqual({ ...apart, counted: { ...apart.counted, address: 2 } })
  for (let spent = 0; spent < 10; spent++) await walk(false, `nobody${spent}`, [wrong])
  const throttled = await walk(false, two, [password])
  expect(throttled.said[0]).toMatchObject({ status: 429, at: 'answer' })
  expect(await walk(true, one, [password])).toEqual(throttled)
})

test('the first of two steps leads to the second', async () => {
  const [one, two] = twin('ada')
  const apart = await walk(false, two, [password], 'treasury')
  expect(apart.said[0]).toMatchObject({ at: 'answer', asked: { factor: 'totp' } })
  expect(await walk(true, one, [password], 'treasury')).toEqual(apart)
})

test('one request signs in, and what it asked and what it was answered stay in the log together', async () => {
  const browser = new Browser()
  const asked = await ask(server)
  const { page, view } = await arrive(browser, asked)
  const done = await underWayIn(await together(browser, page, view, 'one.ada', { password }))
  if (done.at !== 'done') throw new Error(done.at)
  const { url } = await browser.follow(done.goTo)
  expect((await redeem(asked, url)).claims()?.amr).toEqual(['pwd'])
  const { records, sweep } = server.app.context.store
  await sweep({ expired: Date.now() + 10 * 86_400_000, records: 0, addresses: 0 })
  const run = await records.ofRun('harbour', asked.checks.expectedNonce ?? '')
  expect(run.map(({ kind }) => kind)).toEqual(['opened', 'proven', 'issued'])
})

test('where another question is the first, the password is dropped unread, and the question is asked', async () => {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server, 'lighthouse'))
  const asked = await underWayIn(await together(browser, page, view, 'one.ada', { password: wrong }))
  expect(asked).toMatchObject({ at: 'answer', refusal: null, challenge: { factor: 'totp' } })
  expect((await trailOf(server, view)).map(({ kind }) => kind)).toEqual(['opened'])
  const { attempts } = server.app.context.store
  expect(await attempts.get('totp of name one.ada')).toBeNull()
})

test.each([
  ['no name', '  ', { password }, { at: 'identify', refusal: { code: 'bad-username' } }],
  ['an empty password', 'one.ada', { password: '' }, { at: 'answer', refusal: null }],
  ['an answer of another factor', 'one.ada', { code: '123456' }, { at: 'answer', refusal: null }],
  ['two answers', 'one.ada', { password, code: '123456' }, { at: 'answer', refusal: null }],
])('%s: nothing is answered', async (_, username, answer, shows) => {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  const response = await together(browser, page, view, username, answer)
  expect(response.status).toBe('code' in (shows.refusal ?? {}) ? 422 : 200)
  expect(await viewIn(response)).toMatchObject(shows)
})

test('a form that has both signs in with a page that leads on; a wrong password is shown at its own step', async () => {
  const browser = new Browser()
  const { page } = await arrive(browser, await ask(server))
  const fields = { username: 'one.ada', revision: '0' }
  const refused = await browser.postForm(`${page}/identify`, { ...fields, 'answer.password': wrong })
  expect([refused.status, refused.headers.get('location')]).toEqual([303, new URL(page).pathname])
  expect(await underWayIn(await browser.get(page))).toMatchObject({
    at: 'answer',
    username: 'one.ada',
    refusal: { code: 'wrong-password' },
  })

  const other = new Browser()
  const { page: second } = await arrive(other, await ask(server))
  const done = await other.postForm(`${second}/identify`, { ...fields, 'answer.password': password })
  expect(done.headers.get('refresh')).toMatch(/^0; url=http/)
  expect((await viewIn(done)).at).toBe('done')
})

test('a form with a name alone asks for the password, as ever', async () => {
  const browser = new Browser()
  const { page } = await arrive(browser, await ask(server))
  const named = await browser.postForm(`${page}/identify`, {
    username: 'one.ada',
    revision: '0',
    'answer.password': '',
  })
  expect(named.status).toBe(303)
  expect(await underWayIn(await browser.get(page))).toMatchObject({ at: 'answer', refusal: null, username: 'one.ada' })
})

test('of two at once one is answered; the other costs nothing, and is told what is open now', async () => {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  const names = twin('race')
  const both = await Promise.all(names.map((name) => together(browser, page, view, name, { password: wrong })))
  expect(both.map(({ status }) => status).sort()).toEqual([409, 422])
  const { attempts } = server.app.context.store
  const counts = await Promise.all(names.map((name) => attempts.get(`password of name ${name}`)))
  expect(counts.map((count) => count?.failures ?? 0).sort()).toEqual([0, 1])
  expect((await trailOf(server, view)).map(({ kind }) => kind)).toEqual(['opened', 'refused'])
})

test('somebody who has signed in in another tab meanwhile is told so first, and nothing is charged', async () => {
  const browser = new Browser()
  const [first, second] = [await ask(server), await ask(server)]
  const late = await arrive(browser, second)
  const { page, view } = await arrive(browser, first)
  const done = await underWayIn(await together(browser, page, view, 'one.ada', { password }))
  if (done.at !== 'done') throw new Error(done.at)
  await redeem(first, (await browser.follow(done.goTo)).url)
  const told = await underWayIn(await together(browser, late.page, late.view, 'two.ada', { password: wrong }))
  expect(told).toMatchObject({ at: 'elsewhere', refusal: null })
  expect(await trailOf(server, late.view)).toEqual([])
})

test('somebody who is disabled while the password is being hashed is not signed in', async () => {
  const { store } = server.app.context
  const { transaction } = store
  const interrupted: typeof transaction = async (inside) => {
    Object.assign(store, { transaction })
    const charged = await transaction(inside)
    const person = await store.people.byName('one.ada')
    if (person) await store.people.put({ ...person, disabled: true }, ['one.ada'])
    return charged
  }
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  Object.assign(store, { transaction: interrupted })
  const answered = await underWayIn(await together(browser, page, view, 'one.ada', { password }))
  expect(answered).toMatchObject({ at: 'answer', challenge: { factor: 'password' } })
  const person = await store.people.byName('one.ada')
  if (person) await store.people.put({ ...person, disabled: false }, ['one.ada'])
})
