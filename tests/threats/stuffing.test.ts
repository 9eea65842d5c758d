import { afterEach, expect, test } from 'vitest'
import type { View } from '#shared/wire/view.ts'
import { Browser, viewIn } from '../browser.ts'
import { ada, demo, grace } from '../people/people.ts'
import { answerOf, arrive, ask, guess, identify, loggedAs, underWay } from '../sign-in.ts'
import { openTestServer, type TestServer } from '../test-server.ts'

// The attack: one password tried on many people from one place, each of whom sees a single failure; and a header that
// says it was another place every time (authentik CVE-2024-47070).

let server: TestServer
afterEach(() => server.stop())

const most = 6
const open = async (proxies = '[]') => {
  server = await openTestServer((clients) => `proxies: ${proxies}\n${demo(clients, `per_address_a_minute: ${most}`)}`)
}
const from = (hops: string) => ({ 'x-forwarded-for': hops })
/** As many failures as one address is allowed, each with another person's name. */
async function useUp(headers: (at: number) => Record<string, string> = () => ({})) {
  for (let at = 0; at < most; at++)
    expect((await guess(server, `somebody${at}`, 'wrong', headers(at))).code).toBe('wrong-password')
}

test('an address that has failed too often has to wait, whoever is typed, and until when it is told', async () => {
  await open()
  await useUp()
  const locked = await guess(server, 'ada', ada.password)
  expect(locked).toMatchObject({ status: 429, code: 'locked' })
  const waitMs = new Date(locked.view.refusal?.until ?? 0).getTime() - Date.now()
  expect(waitMs).toBeGreaterThan(0)
  expect(waitMs).toBeLessThanOrEqual(60_000)
  expect((await guess(server, 'somebody.else', 'wrong')).view.refusal).toEqual(locked.view.refusal)
  // What was not looked at is written down all the same.
  const trail = await server.app.context.store.records.trail([await loggedAs(server, locked.view.uid)])
  expect(trail).toMatchObject([{ kind: 'opened' }, { kind: 'refused', why: 'locked', where: '127.0.0.1' }])

  server.clock.aheadMs += waitMs - 1000
  expect((await guess(server, 'ada', ada.password)).code).toBe('locked')
  server.clock.aheadMs += 1001
  expect((await guess(server, 'ada', ada.password)).view.at).toBe('done')
})

test('a sign-in does not go on for ever at an address that has to wait', async () => {
  await open()
  await useUp()
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  let here: View = await identify(browser, page, view, 'ada')
  const statuses: number[] = []
  for (let at = 0; at < 20; at++) {
    statuses.push((await browser.post(`${page}/answer`, answerOf(underWay(here), 'wrong'))).status)
    here = await viewIn(await browser.get(`${page}/view`))
  }
  expect(statuses).toEqual([...Array(19).fill(429), 410])
  expect(here).toMatchObject({ at: 'over', why: 'too-many-refusals' })
})

test('an address that has to wait costs the people who are typed nothing', async () => {
  await open()
  await useUp()
  for (let failure = 0; failure < 6; failure++) await guess(server, 'ada', 'wrong')
  const { store } = server.app.context
  const person = await store.people.byName('ada')
  expect(await store.attempts.get('password of name ada')).toBeNull()
  expect(await store.authenticators.list(person?.id ?? '', 'password')).toMatchObject([{ failures: 0 }])
})

test('a restart does not give the address its failures back', async () => {
  await open()
  await useUp()
  await server.restart()
  expect((await guess(server, 'ada', ada.password)).status).toBe(429)
})

test('right answers are no failures, however many', async () => {
  await open()
  for (let round = 0; round < most; round++) {
    expect((await guess(server, 'ada', ada.password)).view.at).toBe('done')
    expect((await guess(server, 'grace', grace.password)).view.at).toBe('done')
  }
  await useUp()
  expect((await guess(server, 'ada', ada.password)).status).toBe(429)
})

test('a right answer forgives the address none of its failures', async () => {
  await open()
  for (let round = 0; round < most - 1; round++) await guess(server, `somebody${round}`, 'wrong')
  expect((await guess(server, 'ada', ada.password)).view.at).toBe('done')
  expect((await guess(server, 'somebody.else', 'wrong')).code).toBe('wrong-password')
  expect((await guess(server, 'ada', ada.password)).status).toBe(429)
})

test('a header that nobody vouches for changes nothing', async () => {
  await open('[192.0.2.0/24]')
  await useUp((at) => from(`198.51.100.${at}`))
  expect((await guess(server, 'ada', ada.password, from('203.0.113.9'))).status).toBe(429)
})

test('behind a listed proxy, each address has its own failures', async () => {
  await open('[127.0.0.0/8]')
  await useUp(() => from('198.51.100.1'))
  expect((await guess(server, 'ada', ada.password, from('198.51.100.1'))).status).toBe(429)
  expect((await guess(server, 'ada', ada.password, from('198.51.100.2'))).view.at).toBe('done')
})

test('what the browser wrote itself, to the left of the proxy’s own hop, changes nothing', async () => {
  await open('[127.0.0.0/8]')
  await useUp((at) => from(`203.0.113.${at}, 198.51.100.1`))
  expect((await guess(server, 'ada', ada.password, from('203.0.113.99, 198.51.100.1'))).status).toBe(429)
})

test('a network of IPv6 is one address', async () => {
  await open('[127.0.0.0/8]')
  await useUp((at) => from(`2001:db8:1:2:${at}::1`))
  expect((await guess(server, 'ada', ada.password, from('2001:DB8:1:2:ffff::1'))).status).toBe(429)
  expect((await guess(server, 'ada', ada.password, from('2001:db8:1:3::1'))).view.at).toBe('done')
})

test('whoever hides behind junk shares one address with all who do', async () => {
  await open('[127.0.0.0/8]')
  const junk = ['a', '198.51.100.1,', '198.51.100.1:80', 'unknown', '300.1.1.1', '127.0.0.1']
  await useUp((at) => from(junk[at] ?? ''))
  expect((await guess(server, 'ada', ada.password, {})).status).toBe(429)
  expect((await guess(server, 'ada', ada.password, from('198.51.100.1'))).view.at).toBe('done')
})
