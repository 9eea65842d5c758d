import { beforeEach, expect, test } from 'vitest'
import type { View } from '#shared/wire/view.ts'
import { Browser, viewIn } from '../browser.ts'
import { ada, type Clients, demo } from '../people/people.ts'
import { answerOf, arrive, ask, errorIn, identify, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: anonymous visitors begin sign-ins and open challenges, with long values in them, until the log of what was
// asked, which nobody shortens, has filled the disk.

const most = 60
const configured = (attempts: string) => (clients: Clients) =>
  `proxies: [127.0.0.0/8, '::1/128']\n${demo(clients, `openings_per_address_a_minute: ${most}, ${attempts}`)}`
const patient = configured('per_address_a_minute: 100000')
const server = await serverForAll(patient)
let address = 1
const from = (here = `192.0.2.${address++}`) => {
  const browser = new Browser()
  browser.from = here
  return browser
}
beforeEach(() => {
  server.reconfigure(patient)
  server.clock.aheadMs += 61_000
})
const later = (ms: number) => {
  const at = Date.now() + server.clock.aheadMs + ms
  return server.app.context.store.sweep({ expired: at, records: 0, addresses: 0 })
}
const hourMs = 3_600_000
const runOf = (nonce: string | undefined) => server.app.context.store.records.ofRun('harbour', nonce ?? '')

test('what proves nothing is not for good: its records go with the sign-in, and its wrong answers after a day', async () => {
  const browser = from()
  const asked = await ask(server)
  const nonce = asked.checks.expectedNonce
  const { page, view } = await arrive(browser, asked)
  const named = await identify(browser, page, view, ada.username)
  await browser.post(`${page}/answer`, answerOf(named, 'wrong'))
  expect((await runOf(nonce)).map(({ kind }) => kind)).toEqual(['opened', 'refused'])
  await later(3 * hourMs)
  expect((await runOf(nonce)).map(({ kind }) => kind)).toEqual(['refused'])
  await later(25 * hourMs)
  expect(await runOf(nonce)).toEqual([])

  const again = await ask(server)
  const honest = from()
  const arrived = await arrive(honest, again)
  const answered = await identify(honest, arrived.page, arrived.view, ada.username)
  await honest.post(`${arrived.page}/answer`, answerOf(answered, ada.password))
  await later(25 * hourMs)
  expect((await runOf(again.checks.expectedNonce)).map(({ kind }) => kind)).toEqual(['opened', 'proven'])
})

test('the relying party’s nonce is not in the log, and finds what was written of it', async () => {
  const asked = await ask(server, 'harbour', { nonce: 'a nonce that is compared alone' })
  const browser = from()
  const { page, view } = await arrive(browser, asked)
  await identify(browser, page, view, ada.username)
  const written = await runOf('a nonce that is compared alone')
  expect(written).toHaveLength(1)
  expect(JSON.stringify(written)).not.toContain('compared alone')
})

test.each([
  ['state', 8192],
  ['nonce', 1024],
])('a %s of %i bytes comes back; a longer one is an error, and nothing of it is kept', async (name, bytes) => {
  const begin = async (length: number) => {
    const url = new URL((await ask(server)).url)
    url.searchParams.set(name, 'x'.repeat(length))
    return from().follow(url.href)
  }
  expect(await viewIn((await begin(bytes)).response)).toMatchObject({ at: 'identify' })
  const refused = await begin(bytes + 1)
  expect(errorIn(refused.url)).toBe('invalid_request')
  expect(new URL(refused.url).searchParams.get('error_description')).toMatch(`${name} has ${bytes} bytes at most`)
})

test('a pushed request that is too long in all is refused before it is kept (RFC 9126 §2.3)', async () => {
  const push = async (claims: string) => {
    const url = new URL((await ask(server, 'harbour', { claims })).url)
    const response = await fetch(`${server.issuer}/request`, {
      method: 'POST',
      headers: { 'x-forwarded-for': `192.0.2.${address++}` },
      body: url.searchParams,
    })
    return { status: response.status, body: await response.json() }
  }
  expect((await push(JSON.stringify({ id_token: { acr: null } }))).status).toBe(201)
  expect(await push(JSON.stringify({ id_token: { acr: { values: ['x'.repeat(17_000)] } } }))).toMatchObject({
    status: 400,
    body: { error: 'invalid_request', error_description: 'the parameters have 16384 bytes at most' },
  })
})

test('an address, or a /64, that has begun enough waits for the rest of the minute; another one does not', async () => {
  const flood = from('2001:db8::1')
  for (let begun = 1; begun < most; begun++) {
    const { response } = await flood.follow((await ask(server)).url)
    expect(response.status).toBe(200)
    await response.text()
  }
  // The last one is begun, and its page is one too many.
  await flood.get((await ask(server)).url)
  const stopped = (await from('2001:db8::ffff:2').follow((await ask(server)).url)).response
  expect(stopped.status).toBe(429)
  expect(Number(stopped.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await viewIn(stopped)).toMatchObject({ at: 'error', code: 'too-many-requests' })
  expect((await from('2001:db8:0:1::1').follow((await ask(server)).url)).response.status).toBe(200)
  server.clock.aheadMs += 61_000
  expect((await flood.follow((await ask(server)).url)).response.status).toBe(200)
})

test('whatever an address is spelt like: there is one way to write it, or it is counted and stopped all the same', async () => {
  const flood = from()
  const { page, view } = await arrive(flood, await ask(server))
  const asked = new URL((await ask(server)).url)
  const begun = (path: string, body?: URLSearchParams) =>
    fetch(`${server.issuer}${path}${body ? '' : asked.search}`, {
      redirect: 'manual',
      headers: { 'x-forwarded-for': flood.from ?? '' },
      ...(body ? { method: 'POST', body } : {}),
    })
  expect((await begun('/auth/')).status).toBe(404)
  expect((await begun('/request/', asked.searchParams)).status).toBe(404)
  for (let begins = 1; begins < most; begins++) await begun('/auth')
  for (const path of ['/auth', '/auth?x', '/./auth', '/x/../auth']) expect((await begun(path)).status).toBe(429)
  const action = `${page}/identify`.replace('/sign-in/', '/%73ign-in/')
  const stopped = await fetch(action, {
    method: 'POST',
    headers: {
      'x-forwarded-for': flood.from ?? '',
      'content-type': 'application/json',
      cookie: await flood.jar.getCookieString(`${page}/identify`),
    },
    body: JSON.stringify({ username: ada.username, revision: view.revision }),
  })
  expect(stopped.status).toBe(429)
})

test('openings are counted with beginnings: a few sign-ins that open one challenge after the other are stopped as well', async () => {
  const flood = from()
  const { page, view } = await arrive(flood, await ask(server))
  let last = await identify(flood, page, view, ada.username)
  let status = 200
  for (let time = 0; status === 200 && time < 2 * most; time++) {
    const response = await flood.post(`${page}/challenge`, { revision: last.revision, factor: 'password' })
    status = response.status
    if (status === 200) last = await underWayIn(response)
    else expect(await response.json()).toMatchObject({ code: 'too-many-requests' })
  }
  expect(status).toBe(429)
  server.clock.aheadMs += 61_000
  // Nothing is lost by waiting.
  expect(await viewIn(await flood.post(`${page}/answer`, answerOf(last, ada.password)))).toMatchObject({ at: 'done' })
})

test('beginning again in one sign-in opens what stands beside the question again: that is counted, too', async () => {
  server.reconfigure((clients) => patient(clients).replaceAll('[password]', '[passkey]'))
  const flood = from()
  const { page, view } = await arrive(flood, await ask(server))
  let last = view
  let [status, times] = [200, 0]
  for (; status === 200 && times < 2 * most; times++) {
    const response = await flood.post(`${page}/restart`, { revision: last.revision })
    status = response.status
    if (status === 200) last = await underWayIn(response)
  }
  expect([status, times]).toEqual([429, most])
  // With as much patience, too, a sign-in opens no more than a hundred challenges.
  let again: View = last
  for (; times < 2 * most && again.at === 'identify'; times++) {
    if (times % 30 === 0) server.clock.aheadMs += 61_000
    again = await viewIn(await flood.post(`${page}/restart`, { revision: again.revision }))
  }
  expect(again).toMatchObject({ at: 'over', why: 'too-many-openings' })
})

test('answers that are not looked at, since the address has to wait, are openings, and are kept no longer', async () => {
  server.reconfigure(configured('per_address_a_minute: 1'))
  const flood = from()
  const nonces: (string | undefined)[] = []
  let code: string | undefined
  while (code !== 'too-many-requests' && nonces.length < 5) {
    const asked = await ask(server)
    nonces.push(asked.checks.expectedNonce)
    const { page, view } = await arrive(flood, asked)
    let last = await identify(flood, page, view, ada.username)
    while (last.at === 'answer') {
      const answered = await (await flood.post(`${page}/answer`, answerOf(last, 'wrong'))).json()
      code = answered.code
      last = answered
    }
  }
  expect([code, nonces.length]).toEqual(['too-many-requests', 3])
  await later(3 * hourMs)
  const left = await Promise.all(nonces.map(runOf))
  expect(left.flat().map((one) => one.kind === 'refused' && one.why)).toEqual(['wrong-password'])
})
