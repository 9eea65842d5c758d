import { beforeEach, expect, test } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import { ada, type Clients } from '../people/people.ts'
import { answerOf, arrive, ask, errorIn, identify, signIn, trailOf, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// A sign-in is stored by its first change: looking at it writes nothing, and it begins once all the same.

const configured = ({ harbour, lighthouse, treasury }: Clients) => `bench: { people: people.yaml }
policies:
  staff: { rules: [{ name: everyone, then: { primary: [password] } }] }
  keys: { rules: [{ name: everyone, then: { primary: [passkey] } }] }
  payroll: { rules: [{ name: everyone, then: { primary: [password, totp] } }] }
clients:
  harbour: { client_name: Harbour, redirect_uris: ['${harbour}/callback'], policy: staff }
  lighthouse:
    { client_name: Lighthouse, redirect_uris: ['${lighthouse}/callback'], policy: keys, client_secret: a secret of the lighthouse alone }
  treasury: { client_name: Treasury, redirect_uris: ['${treasury}/callback'], policy: payroll }
`
const server = await serverForAll(configured)
const minutes = (count: number) => {
  server.clock.aheadMs += count * 60_000
}
beforeEach(() => {
  server.clock.aheadMs = 0
})
const { store } = server.app.context
const rowOf = (uid: string) => store.documents.get('SignIn', uid)

async function begun(client = 'harbour', extra: Record<string, string> = {}) {
  const browser = new Browser()
  const asked = await ask(server, client, extra)
  return { browser, asked, ...(await arrive(browser, asked)) }
}

test('looking at it writes nothing, however often and in however many tabs', async () => {
  const { browser, page, view } = await begun()
  for (const path of ['', '/view', '/events', '/identify']) await browser.get(`${page}${path}`)
  expect(view).toMatchObject({ at: 'identify', revision: 0 })
  expect(await rowOf(view.uid)).toBeNull()
})

test('a reload does not extend it; the button does, and stays pressed', async () => {
  const { browser, page, view } = await begun()
  minutes(14)
  const later = await underWayIn(await browser.get(page))
  expect(Math.abs(later.closesInMs - (view.closesInMs - 14 * 60_000))).toBeLessThan(5000)
  const longer = await underWayIn(await browser.post(`${page}/extend`, { revision: 0 }))
  expect(longer.revision).toBe(1)
  expect(longer.closesInMs).toBeGreaterThan(14 * 60_000)
  minutes(14)
  expect((await underWayIn(await browser.get(page))).at).toBe('identify')
})

test('one that nobody touched for a quarter of an hour has closed, and cannot be begun again', async () => {
  const { browser, page, view } = await begun()
  minutes(16)
  for (const sent of [browser.get(page), browser.post(`${page}/identify`, { username: ada.username, revision: 0 })])
    expect(await viewIn(await sent)).toMatchObject({ at: 'over', why: 'expired' })
  expect((await browser.post(`${page}/extend`, { revision: 0 })).status).toBe(410)
  expect(await rowOf(view.uid)).toBeNull()
})

test('one that was cancelled stays cancelled, though it had no row before', async () => {
  const { browser, page } = await begun()
  const left = await underWayIn(await browser.post(`${page}/cancel`, { revision: 0 }))
  if (left.at !== 'done') throw new Error(left.at)
  expect(await viewIn(await browser.get(page))).toMatchObject({ at: 'over', why: 'cancelled' })
  expect(errorIn((await browser.follow(left.goTo)).url)).toBe('access_denied')
  expect((await browser.get(page)).status).toBe(410)
})

test('its row outlives the interaction, from which alone it could begin again', async () => {
  const { browser, page, view } = await begun()
  await identify(browser, page, view, ada.username)
  const interaction = await store.documents.get('Interaction', view.uid)
  const row = await rowOf(view.uid)
  expect((row?.expiresAt ?? 0) - (interaction?.expiresAt ?? 0)).toBeGreaterThan(4 * 60_000)
})

test.each([
  ['identify', { username: 'ada' }],
  ['restart', {}],
  ['agree', {}],
  ['cancel', {}],
] as const)('of fifty first changes by %s one is made', async (action, fields) => {
  const { browser, page, view } = await begun()
  const fifty = Array.from({ length: 50 }, () => browser.post(`${page}/${action}`, { ...fields, revision: 0 }))
  const statuses = (await Promise.all(fifty)).map(({ status }) => status)
  expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  // What was named opens its question as the second change.
  expect((await rowOf(view.uid))?.revision).toBe(action === 'identify' ? 1 : 0)
})

test('two tabs race with different actions: the loser is shown the winner’s sign-in', async () => {
  const { browser, page, view } = await begun()
  await browser.post(`${page}/extend`, { revision: 0 })
  const late = await browser.post(`${page}/identify`, { username: ada.username, revision: 0 })
  expect(late.status).toBe(409)
  const shown = await underWayIn(late)
  expect(shown).toMatchObject({ at: 'identify', revision: 1, refusal: { code: 'stale' } })
  expect(view.uid).toBe(shown.uid)
})

test('where challenges are opened with it, it is stored at once, with their records, at revision 0', async () => {
  const { browser, page, view } = await begun('lighthouse')
  expect(view).toMatchObject({ at: 'identify', revision: 0, usernameless: [{ factor: 'passkey' }] })
  expect((await rowOf(view.uid))?.revision).toBe(0)
  await Promise.all([browser.get(page), browser.get(page)])
  expect((await trailOf(server, view)).map(({ kind }) => kind)).toEqual(['opened'])
})

test('somebody who is signed in already answers, agrees and cancels from the first page on', async () => {
  const browser = new Browser()
  await signIn(browser, await ask(server), ada)
  const choosing = await arrive(browser, await ask(server, 'harbour', { prompt: 'select_account' }))
  expect(choosing.view).toMatchObject({ at: 'account', revision: 0 })
  expect(await rowOf(choosing.view.uid)).toBeNull()
  const agreed = await underWayIn(await browser.post(`${choosing.page}/agree`, { revision: 0 }))
  expect(agreed.at).toBe('done')

  const again = await arrive(browser, await ask(server, 'harbour', { prompt: 'login' }))
  expect(again.view).toMatchObject({ at: 'answer', username: 'ada' })
  const done = await underWayIn(await browser.post(`${again.page}/answer`, answerOf(again.view, ada.password)))
  expect(done.at).toBe('done')
})

test('it keeps the rules of the request, though they are others when somebody first does something', async () => {
  const { browser, page, view } = await begun()
  server.reconfigure((clients) => configured(clients).replace('policy: staff', 'policy: payroll'))
  const named = await identify(browser, page, view, ada.username)
  expect((await underWayIn(await browser.post(`${page}/answer`, answerOf(named, ada.password)))).at).toBe('done')
  server.reconfigure(configured)
})
