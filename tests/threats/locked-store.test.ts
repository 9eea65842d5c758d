import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import { lock, storeOf } from '../locker.ts'
import { ada, demo } from '../people/people.ts'
import { answerOf, arrive, ask, identify, redeem, signIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: another process on the machine, a backup or a command, holds the store's write lock, and the whole server
// stands still with it: nobody is answered, the balancer takes it out, and each request ends in a 500.

const server = await serverForAll((clients) => demo(clients, 'free_failures: 3, per_address_a_minute: 100000'))
let locker: Awaited<ReturnType<typeof lock>> | null = null
async function lockStore() {
  locker = await lock(storeOf(server))
}
async function releaseStore() {
  await locker?.release()
  locker = null
}
afterEach(releaseStore)

const health = async () => {
  const at = performance.now()
  const { status } = await fetch(`${server.issuer}/healthz`)
  return { status, ms: performance.now() - at }
}
const form = { 'content-type': 'application/x-www-form-urlencoded' }

test('while the lock is held /healthz is answered at once, and what waits goes on when it is free, once', async () => {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  const named = await identify(browser, page, view, ada.username)
  await lockStore()
  const waiting = browser.post(`${page}/answer`, answerOf(named, ada.password))
  const until = performance.now() + 700
  while (performance.now() < until) {
    const { status, ms } = await health()
    expect(status).toBe(200)
    expect(ms).toBeLessThan(1000)
    await pause(20)
  }
  await releaseStore()
  expect(await viewIn(await waiting)).toMatchObject({ at: 'done' })
})

test('when it is held for long, every door says 503 and when to come back, in some seconds; then all is as it was', async () => {
  const browser = new Browser()
  const asked = await ask(server)
  const { page, view } = await arrive(browser, asked)
  const named = await identify(browser, page, view, ada.username)
  const done = await signIn(new Browser(), asked, ada)
  await lockStore()
  const at = performance.now()
  const code = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: 'harbour',
    code: new URL(done).searchParams.get('code') ?? '',
    code_verifier: String(asked.checks.pkceCodeVerifier),
    redirect_uri: asked.redirectUri,
  })
  const answers = await Promise.all([
    browser.post(`${page}/answer`, answerOf(named, ada.password)),
    browser.postForm(`${page}/restart`, { revision: String(named.revision) }),
    browser.get((await ask(server)).url, { accept: 'text/html' }),
    fetch(`${server.issuer}/token`, { method: 'POST', headers: form, body: code }),
    fetch(`${server.issuer}/readyz`),
  ])
  expect(performance.now() - at).toBeLessThan(5000)
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503])
  expect(answers.map(({ headers }) => headers.get('retry-after'))).toEqual(['2', '2', '2', '2', '2'])
  expect(answers.map(({ headers }) => headers.get('location'))).toEqual([null, null, null, null, null])
  const [action, , page503, token] = answers
  expect(await action?.json()).toMatchObject({ code: 'busy', status: 503 })
  expect(page503 && (await viewIn(page503))).toMatchObject({ at: 'error', code: 'busy' })
  expect(await token?.json()).toMatchObject({ error: 'temporarily_unavailable' })
  // Who comes later does not wait for what others have waited for.
  const later = performance.now()
  expect((await browser.post(`${page}/answer`, answerOf(named, ada.password))).status).toBe(503)
  expect(performance.now() - later).toBeLessThan(1000)

  await releaseStore()
  server.clock.aheadMs += 1000
  expect((await fetch(`${server.issuer}/readyz`)).status).toBe(200)
  expect(await viewIn(await browser.post(`${page}/answer`, answerOf(named, ada.password)))).toMatchObject({
    at: 'done',
  })
  // Nothing was spent that was answered 503.
  expect((await redeem(asked, done)).claims()?.amr).toEqual(['pwd'])
})

test('a transaction that finds the lock taken is made whole when it is free, and once', async () => {
  const { attempts, transaction } = server.app.context.store
  const charged = { failures: 1, lockedUntil: 0, forgottenAt: Number.MAX_SAFE_INTEGER, revision: 0 }
  await lockStore()
  let runs = 0
  const made = transaction(async (inside) => {
    runs++
    expect(await inside.attempts.replace('one', null, charged)).toBe(true)
    return inside.attempts.replace('two', null, charged)
  })
  await pause(300)
  expect(runs).toBe(0)
  await releaseStore()
  expect([await made, runs]).toEqual([true, 1])
  expect([await attempts.get('one'), await attempts.get('two')]).toEqual([charged, charged])
})

test('a lock of the person’s says when it ends, in seconds (RFC 6585 §4)', async () => {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  let open = await identify(browser, page, view, 'grace')
  const wrong = async () => browser.post(`${page}/answer`, answerOf(open, 'no password of hers'))
  for (let guess = 0; guess < 3; guess++) open = (await viewIn(await wrong())) as typeof open
  const locked = await wrong()
  expect(locked.status).toBe(429)
  expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(50)
  expect(Number(locked.headers.get('retry-after'))).toBeLessThanOrEqual(60)
})
