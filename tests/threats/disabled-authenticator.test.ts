import { afterEach, beforeEach, expect, test } from 'vitest'
import { ada, demo, grace, people } from '../people/people.ts'
import { guess } from '../sign-in.ts'
import { openTestServer, type TestServer } from '../test-server.ts'

// The attack: guess slowly, a few times after each wait, for as long as it takes. After so many consecutive failures an
// authenticator proves nothing until it is bound anew (NIST SP 800-63B-4 §3.2.2), and nobody can tell which ones those are.

const most = 7
let server: TestServer
beforeEach(async () => {
  server = await openTestServer((clients) => demo(clients, `per_address_a_minute: 1000, disable_after: ${most}`))
})
afterEach(() => server.stop())

/** Waits as long as it is told to between the guesses. */
async function patiently(password: string, username = 'ada') {
  const answered = await guess(server, username, password)
  const { until } = answered.view.refusal ?? {}
  if (until) server.clock.aheadMs += new Date(until).getTime() - Date.now() - server.clock.aheadMs + 1
  return answered
}
async function fail(times: number, username = 'ada') {
  for (let failure = 0; failure < times; failure++) expect((await patiently('wrong', username)).status).not.toBe(200)
}
const halfADay = () => {
  server.clock.aheadMs += 12 * 3_600_000 + 1000
}
async function passwordOf(username: string) {
  const { store } = server.app.context
  return (await store.authenticators.list((await store.people.byName(username))?.id ?? '', 'password'))[0]
}

test('consecutive failures disable it, over all waits, half a day and a restart', async () => {
  await fail(most - 2)
  halfADay()
  await server.restart()
  await fail(1)
  halfADay()
  expect(await passwordOf('ada')).toMatchObject({ failures: most - 1 })
  await fail(1)
  halfADay()
  expect(await guess(server, 'ada', ada.password)).toMatchObject({ status: 422, code: 'wrong-password' })
  expect(await passwordOf('ada')).toMatchObject({ failures: most, lastUsedAt: null })
  expect((await guess(server, 'grace', grace.password)).view.at).toBe('done')
})

test('one failure less does not, and a right answer begins the count anew', async () => {
  for (let round = 0; round < 2; round++) {
    await fail(most - 1)
    expect((await patiently(ada.password)).view.at).toBe('done')
    expect((await passwordOf('ada'))?.failures).toBe(0)
  }
  const at = (await passwordOf('ada'))?.lastUsedAt ?? 0
  expect(Math.abs(at - Date.now() - server.clock.aheadMs)).toBeLessThan(10_000)
})

test('a disabled one is answered like a wrong password and like nobody’s, waits and all', async () => {
  await fail(most)
  halfADay()
  const shown = async (username: string, password: string) => {
    const { status, view } = await guess(server, username, password)
    const until = view.refusal?.until
    const minutes = until && Math.round((new Date(until).getTime() - Date.now() - server.clock.aheadMs) / 60_000)
    const refusal = { ...view.refusal, until: minutes }
    return {
      status,
      view: { ...view, refusal, uid: 'UID', username: 'NAME', closesInMs: 'INSTANT', challenge: 'OPEN' },
    }
  }
  for (let failure = 0; failure < 6; failure++) {
    const right = await shown('ada', ada.password)
    expect(right).toEqual(await shown('nobody', 'wrong'))
    expect(right.view).toMatchObject({ at: 'answer', refusal: { code: failure < 4 ? 'wrong-password' : 'locked' } })
  }
})

test('the secret that it had does not bind it anew, and another one does', async () => {
  await fail(most)
  halfADay()
  await server.restart(people)
  expect((await guess(server, 'ada', ada.password)).code).toBe('wrong-password')

  const renewed = 'a new lantern of limestone'
  await server.restart(people.replace(ada.password, renewed))
  expect(await passwordOf('ada')).toMatchObject({ failures: 0, lastUsedAt: null })
  expect((await guess(server, 'ada', ada.password)).code).toBe('wrong-password')
  expect((await guess(server, 'ada', renewed)).view.at).toBe('done')
})
