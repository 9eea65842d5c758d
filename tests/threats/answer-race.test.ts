import { expect, test } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import { ada, grace } from '../people/people.ts'
import { answerOf, arrive, ask, identify, provenBy } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: many guesses at once that all read the same counter (authentik's 2025-09 audit, Keycloak CVE-2024-4629);
// and the honest double click, which must not cost a second attempt.

const server = await serverForAll()

async function named(person: { username: string }) {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  return { browser, page, view: await identify(browser, page, view, person.username) }
}
const failures = async (username: string) => {
  const person = await server.app.context.store.people.byName(username)
  return (await server.app.context.store.attempts.get(`password of account ${person?.id}`))?.failures ?? 0
}

test('a double click is answered once: done, and 409 with what is open now', async () => {
  const { browser, page, view } = await named(ada)
  const answer = answerOf(view, ada.password)
  const twins = await Promise.all([browser.post(`${page}/answer`, answer), browser.post(`${page}/answer`, answer)])
  expect(twins.map(({ status }) => status).sort()).toEqual([200, 409])
  expect(await provenBy(server, view)).toHaveLength(1)
})

/** Everything that was charged to somebody and to the address. */
async function charged(username: string) {
  const { store } = server.app.context
  const person = await store.people.byName(username)
  const all = await store.authenticators.list(person?.id ?? '', 'password')
  const keys = [`password of name ${username}`, `password of account ${person?.id}`, 'address 127.0.0.1']
  const counts = await Promise.all(keys.map(async (key) => (await store.attempts.get(key))?.failures ?? 0))
  return [...counts, ...all.map(({ failures }) => failures)]
}
/** Does this once, when the next answer has been charged and before it is written down. */
function meanwhile(work: () => Promise<unknown>) {
  const { store } = server.app.context
  const { transaction } = store
  const interrupted: typeof transaction = async (inside) => {
    Object.assign(store, { transaction })
    const done = await transaction(inside)
    await work()
    return done
  }
  Object.assign(store, { transaction: interrupted })
}

test('a right answer that comes second is no failure; a wrong one is', async () => {
  const { browser, page, view } = await named(ada)
  const before = await charged('ada')
  const beFirst = () => browser.post(`${page}/extend`, { revision: 0 })
  meanwhile(beFirst)
  expect((await browser.post(`${page}/answer`, answerOf(view, ada.password))).status).toBe(409)
  expect(await provenBy(server, view)).toEqual([])
  expect(await charged('ada')).toEqual(before)

  const open = (await viewIn(await browser.get(`${page}/view`))) as typeof view
  meanwhile(beFirst)
  expect((await browser.post(`${page}/answer`, answerOf(open, 'wrong'))).status).toBe(409)
  expect(await charged('ada')).toEqual(before.map((failures) => failures + 1))
})

test('twenty wrong answers at once to one challenge cost one attempt', async () => {
  const { browser, page, view } = await named(ada)
  const before = await failures('ada')
  const answers = Array.from({ length: 20 }, (_, at) => browser.post(`${page}/answer`, answerOf(view, `guess ${at}`)))
  const statuses = (await Promise.all(answers)).map(({ status }) => status)
  expect(statuses.filter((status) => status === 422)).toHaveLength(1)
  expect(statuses.filter((status) => status === 409)).toHaveLength(19)
  expect(await failures('ada')).toBe(before + 1)
})

test('of a hundred guesses at once in a hundred browsers, the right one last, five are looked at', async () => {
  const browsers = await Promise.all(Array.from({ length: 100 }, () => named(grace)))
  const answers = browsers.map(({ browser, page, view }, at) =>
    browser.post(`${page}/answer`, answerOf(view, at === 99 ? grace.password : `guess ${at}`)),
  )
  const responses = await Promise.all(answers)
  const views = await Promise.all(responses.map(viewIn))
  const locked = views.filter((view) => 'refusal' in view && view.refusal?.code === 'locked')
  expect(locked.length).toBeGreaterThanOrEqual(95)
  expect(await failures('grace')).toBeLessThanOrEqual(5)
  const { store } = server.app.context
  const person = await store.people.byName('grace')
  const all = await store.authenticators.listAll(person?.id ?? '')
  const charged = all.find(({ factor }) => factor === 'password')?.failures
  expect(charged).toBeGreaterThan(0)
  expect(charged).toBeLessThanOrEqual(5)
  expect(views.filter(({ at }) => at === 'done')).toEqual([])
})
