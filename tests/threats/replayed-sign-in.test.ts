import { afterEach, beforeEach, expect, test } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import { ada, grace } from '../people/people.ts'
import { answerOf, arrive, ask, errorIn, identify, redeem, refusedAfter, signIn, underWayIn } from '../sign-in.ts'
import { openTestServer, type TestServer } from '../test-server.ts'

// The attack: what was proven once is made to count again: after a restart, after the row of the sign-in is swept away,
// after a cancel, an hour later (Keycloak CVE-2026-7507: a restart link that signs in).

let server: TestServer
beforeEach(async () => {
  server = await openTestServer()
})
afterEach(() => server.stop())

async function proven() {
  const browser = new Browser()
  const asked = await ask(server)
  const { page, view } = await arrive(browser, asked)
  const open = await identify(browser, page, view, ada.username)
  const done = await underWayIn(await browser.post(`${page}/answer`, answerOf(open, ada.password)))
  if (done.at !== 'done') throw new Error(done.at)
  return { browser, asked, page, done }
}

test('a restart undoes a sign-in that was finished, and its proof does not count for the same name again', async () => {
  const { browser, page, done } = await proven()
  const back = await underWayIn(await browser.post(`${page}/restart`, { revision: done.revision }))
  expect(back.at).toBe('identify')
  const again = await identify(browser, page, back, ada.username)
  expect(again.at).toBe('answer')
  const { url } = await browser.follow(done.goTo)
  expect(new URL(url).searchParams.get('code')).toBeNull()
})

test('nor when the sign-in has closed and has been swept', async () => {
  const { browser, page, done } = await proven()
  await browser.post(`${page}/restart`, { revision: done.revision })
  server.clock.aheadMs += 17 * 60_000
  const { store, now } = server.app.context
  await store.sweep({ expired: now().getTime() - 60_000, records: 0, addresses: 0 })
  const later = await browser.get(`${page}/view`)
  expect(later.status).toBe(410)
  expect(await viewIn(later)).toMatchObject({ at: 'over', why: 'expired' })
  expect((await browser.post(`${page}/identify`, { username: 'ada', revision: 0 })).status).toBe(410)
})

test('a cancelled sign-in takes no answer, however right', async () => {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  const open = await identify(browser, page, view, ada.username)
  const left = await viewIn(await browser.post(`${page}/cancel`, { revision: open.revision }))
  const late = await browser.post(`${page}/answer`, answerOf(open, ada.password))
  expect(late.status).toBe(410)
  if (left.at !== 'done') throw new Error(left.at)
  expect(errorIn((await browser.follow(left.goTo)).url)).toBe('access_denied')
})

test('keeping a sign-in open never promises more than the engine’s hour', async () => {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  server.clock.aheadMs += 10 * 60_000
  let kept = view
  for (const minutes of [14, 14, 14]) {
    kept = await underWayIn(await browser.post(`${page}/extend`, { revision: kept.revision }))
    server.clock.aheadMs += minutes * 60_000
  }
  kept = await underWayIn(await browser.post(`${page}/extend`, { revision: kept.revision }))
  expect((10 + 3 * 14) * 60_000 + kept.closesInMs).toSatisfy((ms: number) => Math.abs(ms - 60 * 60_000) < 5_000)
})

test('a proof that is carried to the client late is as old as it is', async () => {
  const { browser, asked, done } = await proven()
  const provenAt = Math.floor((Date.now() + server.clock.aheadMs) / 1000)
  server.clock.aheadMs += 50 * 60_000
  const { url } = await browser.follow(done.goTo)
  const claims = (await redeem(asked, url)).claims()
  expect(Math.abs(Number(claims?.auth_time) - provenAt)).toBeLessThan(10)
})

test('… and too old for a max_age that it does not meet', async () => {
  const browser = new Browser()
  const asked = await ask(server, 'harbour', { max_age: '60' })
  const { page, view } = await arrive(browser, asked)
  const open = await identify(browser, page, view, ada.username)
  const done = await viewIn(await browser.post(`${page}/answer`, answerOf(open, ada.password)))
  if (done.at !== 'done') throw new Error(done.at)
  server.clock.aheadMs += 30 * 60_000
  const { url, response } = await browser.follow(done.goTo)
  expect(url).toMatch(/\/sign-in\//)
  expect((await viewIn(response)).at).toBe('answer')
})

test('auth_time never goes back', async () => {
  const browser = new Browser()
  const times: number[] = []
  for (const extra of [{}, { prompt: 'login' }, {}]) {
    const asked = await ask(server, 'harbour', extra as Record<string, string>)
    const url = times.length === 2 ? (await browser.follow(asked.url)).url : await signIn(browser, asked, ada)
    times.push(Number((await redeem(asked, url)).claims()?.auth_time))
    server.clock.aheadMs += 10_000
  }
  expect(times).toEqual([...times].sort((a, b) => a - b))
  expect(times[2]).toBe(times[1])
})

test('somebody else than the hinted person is not answered for, whoever has a session', async () => {
  const adas = await ask(server)
  const browser = new Browser()
  const hint = (await redeem(adas, await signIn(browser, adas, ada))).id_token ?? ''

  const stranger = await ask(server, 'harbour', { id_token_hint: hint })
  expect(await refusedAfter(new Browser(), stranger, grace)).toEqual({ why: 'wrong-person', error: 'login_required' })

  const graces = new Browser()
  const first = await ask(server)
  await redeem(first, await signIn(graces, first, grace))
  const silent = await ask(server, 'harbour', { id_token_hint: hint, prompt: 'none' })
  expect(errorIn((await graces.follow(silent.url)).url)).toBe('login_required')
  const { view } = await arrive(graces, await ask(server, 'harbour', { id_token_hint: hint }))
  expect(view).toMatchObject({ at: 'identify', username: '' })

  const right = await ask(server, 'harbour', { id_token_hint: hint })
  expect((await redeem(right, (await browser.follow(right.url)).url)).claims()?.amr).toEqual(['pwd'])
})
