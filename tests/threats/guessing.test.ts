import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { View } from '#shared/wire/view.ts'
import { codeOf as shownBy } from '../app.ts'
import { Browser, viewIn } from '../browser.ts'
import { ada, demo, grace, nobody } from '../people/people.ts'
import {
  answerOf,
  arrive,
  ask,
  codeAnswerOf,
  guess as guessIn,
  identify,
  redeem,
  signIn,
  type UnderWay,
  underWay,
  underWayIn,
} from '../sign-in.ts'
import { openTestServer, type TestServer } from '../test-server.ts'

// The attack: guess on, from sign-in to sign-in, from one spelling to the next, over restarts (AuthQuake;
// Authelia CVE-2025-24806); or lock somebody out by guessing (Grafana CVE-2022-39229).

let server: TestServer
beforeEach(async () => {
  server = await openTestServer()
})
afterEach(() => server.stop())

const guess = async (username: string, password: string) => (await guessIn(server, username, password)).view
const codeOf = (view: UnderWay) => view.refusal?.code ?? null

test('five failures lock, from sign-in to sign-in; with an honest time', async () => {
  for (const username of ['ada', 'ADA', ' ada ', 'Ada'])
    expect(codeOf(await guess(username, 'wrong'))).toBe('wrong-password')
  expect(codeOf(await guess('ada', 'wrong'))).toBe('locked')
  const right = await guess('ada', ada.password)
  expect(codeOf(right)).toBe('locked')
  const until = new Date(right.refusal?.until ?? 0).getTime()
  expect(until - Date.now()).toBeGreaterThan(50_000)
  expect(until - Date.now()).toBeLessThanOrEqual(60_000)

  server.clock.aheadMs += 61_000
  const asked = await ask(server)
  expect((await redeem(asked, await signIn(new Browser(), asked, ada))).claims()?.amr).toEqual(['pwd'])
})

test('a restart forgets no failure', async () => {
  for (let failure = 0; failure < 4; failure++) await guess('ada', 'wrong')
  await server.restart()
  expect(codeOf(await guess('ada', 'wrong'))).toBe('locked')
  await server.restart()
  expect(codeOf(await guess('ada', ada.password))).toBe('locked')
})

test('failures from many addresses, in one spelling or another, are one person’s', async () => {
  await server.stop()
  server = await openTestServer((clients) => `proxies: [127.0.0.0/8]\n${demo(clients)}`)
  const guesses = ['ada', 'Ada', 'ADA', 'ada', 'ada', 'ada'].map(
    (username, at) => () =>
      guessIn(server, username, at === 5 ? ada.password : 'wrong', { 'x-forwarded-for': `192.0.2.${at}` }),
  )
  const codes: (string | null)[] = []
  for (const one of guesses) codes.push((await one()).code)
  expect(codes).toEqual([...Array(4).fill('wrong-password'), 'locked', 'locked'])
})

test('what breaks on our side is no failure: neither while it is verified nor while it is written down', async () => {
  const { store } = server.app.context
  const person = await store.people.byName('ada')
  const failures = async () => [
    (await store.attempts.get('password of name ada'))?.failures ?? 0,
    (await store.attempts.get(`password of account ${person?.id}`))?.failures ?? 0,
    (await store.attempts.get('address 127.0.0.1'))?.failures ?? 0,
    (await store.authenticators.listAll(person?.id ?? '')).find(({ factor }) => factor === 'password')?.failures,
  ]
  const statusOfRight = async () => {
    const browser = new Browser()
    const { page, view } = await arrive(browser, await ask(server))
    const named = await identify(browser, page, view, 'ada')
    return (await browser.post(`${page}/answer`, answerOf(named, ada.password))).status
  }
  const raw = new DatabaseSync(`${server.dataFolder}/sallyport.sqlite`)
  raw.exec(`CREATE TRIGGER broken BEFORE INSERT ON records WHEN NEW.kind = 'proven'
    BEGIN SELECT RAISE(ABORT, 'broken'); END`)
  for (let round = 0; round < 6; round++) expect(await statusOfRight()).toBe(500)
  expect(await failures()).toEqual([0, 0, 0, 0])
  raw.exec('DROP TRIGGER broken')
  expect((await guess('ada', ada.password)).at).toBe('done')

  raw.exec("UPDATE authenticators SET sealed = 'AAAA'")
  for (let round = 0; round < 6; round++) expect(await statusOfRight()).toBe(500)
  expect(await failures()).toEqual([0, 0, 0, 0])
  raw.close()
})

test('trying on while it is locked does not make the wait longer, nor count as failures of the account', async () => {
  for (let failure = 0; failure < 5; failure++) await guess('ada', 'wrong')
  const until = (await guess('ada', 'wrong')).refusal?.until
  for (let more = 0; more < 5; more++) expect((await guess('ada', 'wrong')).refusal?.until).toBe(until)
  const person = await server.app.context.store.people.byName('ada')
  expect(await server.app.context.store.authenticators.list(person?.id ?? '', 'password')).toMatchObject([
    { failures: 5 },
  ])
})

test('an account’s names share its lock, which only the name that was typed too often shows', async () => {
  for (const username of ['ada', 'ada', 'ada', 'ada@example.test'])
    expect(codeOf(await guess(username, 'wrong'))).toBe('wrong-password')
  expect(codeOf(await guess('Ada@Example.Test', 'wrong'))).toBe('wrong-password')
  // Locked: the right password is not let in, and the answer is the one that somebody unknown would get.
  expect(codeOf(await guess('ada@example.test', ada.password))).toBe('wrong-password')
  expect(codeOf(await guess('ada', ada.password))).toBe('wrong-password')
  server.clock.aheadMs += 3 * 60_000
  expect((await guess('ada@example.test', ada.password)).at).toBe('done')
})

test('guessing at a name that is an account’s identifier locks nobody', async () => {
  const person = await server.app.context.store.people.byName('ada')
  for (let failure = 0; failure < 6; failure++) await guess(person?.id ?? '', 'wrong')
  expect((await guess('ada', ada.password)).at).toBe('done')
})

test('the wait doubles from one minute to fifteen, and is never for ever', async () => {
  const waits: number[] = []
  for (let failure = 0; failure < 11; failure++) {
    const view = await guess('ada', 'wrong')
    const until = view.refusal?.until
    if (!until) continue
    const now = Date.now() + server.clock.aheadMs
    waits.push(Math.round((new Date(until).getTime() - now) / 60_000))
    server.clock.aheadMs += new Date(until).getTime() - now + 1000
  }
  expect(waits).toEqual([1, 2, 4, 8, 15, 15, 15])
})

test('a name of nobody locks in the same way', async () => {
  for (let failure = 0; failure < 4; failure++)
    expect(codeOf(await guess(nobody.username, 'wrong'))).toBe('wrong-password')
  expect(codeOf(await guess(nobody.username.toUpperCase(), 'wrong'))).toBe('locked')
  expect(codeOf(await guess('another.nobody', 'wrong'))).toBe('wrong-password')
})

test('a lock on one person leaves another one alone', async () => {
  for (let failure = 0; failure < 5; failure++) await guess('ada', 'wrong')
  const asked = await ask(server)
  expect((await redeem(asked, await signIn(new Browser(), asked, grace))).claims()?.amr).toEqual(['pwd'])
})

test('free failures and the longest wait are the operator’s', async () => {
  await server.stop()
  server = await openTestServer((clients) => demo(clients, 'free_failures: 2, longest_wait: 2m, forgotten_after: 10m'))
  expect(codeOf(await guess('ada', 'wrong'))).toBe('wrong-password')
  for (const minutes of [1, 2, 2]) {
    const until = new Date((await guess('ada', 'wrong')).refusal?.until ?? 0).getTime()
    expect(Math.round((until - Date.now() - server.clock.aheadMs) / 60_000)).toBe(minutes)
    server.clock.aheadMs += minutes * 60_000 + 1000
  }
  server.clock.aheadMs += 10 * 60_000
  expect(codeOf(await guess('ada', 'wrong'))).toBe('wrong-password')
})

test('a right answer clears the count; half a day does too', async () => {
  for (let failure = 0; failure < 4; failure++) await guess('ada', 'wrong')
  const asked = await ask(server)
  await signIn(new Browser(), asked, ada)
  for (let failure = 0; failure < 4; failure++) expect(codeOf(await guess('ada', 'wrong'))).toBe('wrong-password')
  server.clock.aheadMs += 12 * 3_600_000 + 1000
  expect(codeOf(await guess('ada', 'wrong'))).toBe('wrong-password')
})

test('a sign-in that has seen twenty refusals ends, also for a right answer', async () => {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  let open: View = await identify(browser, page, view, 'ada')
  for (let failure = 0; failure < 20; failure++) {
    open = await viewIn(await browser.post(`${page}/answer`, answerOf(underWay(open), 'wrong')))
    server.clock.aheadMs += failure % 5 === 4 ? 60_000 : 0
    if (open.at === 'answer') await browser.post(`${page}/extend`, { revision: open.revision })
    open = await viewIn(await browser.get(`${page}/view`))
  }
  const last = await browser.post(`${page}/answer`, { challenge: 'x', revision: 0, answer: { password: ada.password } })
  expect(last.status).toBe(410)
  expect(await viewIn(last)).toMatchObject({ at: 'over', why: 'too-many-refusals', client: 'Harbour Payroll' })
})

test('one budget for the codes of an app: over many sign-ins, addresses, spellings of the name, and a restart', async () => {
  await server.stop()
  server = await openTestServer((clients) => `proxies: [127.0.0.0/8]\n${demo(clients)}`)
  const [app] = grace.apps as [(typeof grace.apps)[number]]
  const answered: (string | null)[] = []
  for (const [at, username] of ['grace', 'GRACE', ' Grace ', 'grace@example.test', 'Grace@Example.Test'].entries()) {
    if (at === 3) await server.restart()
    answered.push(codeOf(await guessCode(username, '000000', `192.0.2.${at}`)))
  }
  expect(answered).toEqual([...Array(4).fill('wrong-code'), 'locked'])
  // The fifth was the account's: whichever name is typed now, and from wherever, the right code is not looked at.
  // Somebody who has proven who they are is told until when, under each of their names.
  for (const [at, username] of ['grace', 'grace@example.test'].entries()) {
    const { at: where, refusal } = await guessCode(username, shownBy(server, app), `198.51.100.${at}`)
    expect([where, refusal?.code]).toEqual(['answer', 'locked'])
    const leftMs = new Date(refusal?.until ?? 0).getTime() - Date.now()
    expect(leftMs).toBeGreaterThan(50_000)
    expect(leftMs).toBeLessThanOrEqual(60_000)
  }
  server.clock.aheadMs += 61_000
  expect((await guessCode('grace', shownBy(server, app), '198.51.100.9')).at).toBe('done')
})

/** A code in a sign-in of its own, after the right password. */
async function guessCode(username: string, code: string, address: string): Promise<UnderWay> {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server, 'treasury'))
  const from = { 'x-forwarded-for': address }
  const named = await identify(browser, page, view, username)
  const second = await underWayIn(await browser.post(`${page}/answer`, answerOf(named, grace.password), from))
  return underWayIn(await browser.post(`${page}/answer`, codeAnswerOf(second, code), from))
}
