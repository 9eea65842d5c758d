import { expect, test } from 'vitest'
import type { Store } from '#server/store/store.ts'
import { Browser, viewIn } from '../browser.ts'
import { ada } from '../people/people.ts'
import { answerOf, arrive, ask, identify, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: learn who has an account from a status, a body, a header, a cookie, a revision or a time
// (Keycloak CVE-2026-4633, Vault CVE-2025-6011).

const server = await serverForAll()

/** All that a response shows, with the parts that are random by design named alike. */
async function shownBy(response: Response, uid: string) {
  const hide = (text: string) => text.replaceAll(uid, 'UID')
  const headers = [...response.headers]
    .filter(([name]) => name !== 'date' && name !== 'set-cookie')
    .map(([name, value]) => [name, hide(value)])
  const cookies = response.headers.getSetCookie().map((line) => line.split('=')[0])
  const view = JSON.parse(hide(JSON.stringify(await viewIn(response))))
  if (view.challenge) view.challenge.id = `${view.challenge.id.length} characters`
  return { status: response.status, headers, cookies, view: { ...view, username: 'USERNAME', closesInMs: 'INSTANT' } }
}

async function everythingShownTo(username: string) {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  const { uid } = view
  const identified = await browser.post(`${page}/identify`, { username, revision: view.revision })
  const open = await viewIn(await browser.get(`${page}/view`))
  if (open.at !== 'answer') throw new Error(open.at)
  const refused = await browser.post(`${page}/answer`, answerOf(open, 'a wrong password, and long'))
  const afterwards = await browser.get(`${page}/view`)
  const reloaded = await browser.get(page)
  return Promise.all([identified, refused, afterwards, reloaded].map((response) => shownBy(response, uid)))
}

test('a name of somebody and a name of nobody are shown the same, at every step', async () => {
  // As long as each other, since the name that was typed is shown again.
  expect(await everythingShownTo('eve')).toEqual(await everythingShownTo(ada.username))
})

/** Everything that a name and a password in one request are answered with, and all that the store is asked meanwhile. */
async function everythingAtOnce(username: string) {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  const calls = callsOf(server.app.context.store)
  const answer = { password: 'a wrong password, and long' }
  const refused = await browser.post(`${page}/identify`, { username, revision: view.revision, answer })
  const asked = calls.end()
  const reloaded = await browser.get(page)
  return { asked, shown: await Promise.all([refused, reloaded].map((response) => shownBy(response, view.uid))) }
}

/** Writes down what the store is asked, inside transactions too. */
function callsOf(store: Store) {
  const calls: string[] = []
  const watched = (one: Store): Store => ({
    ...one,
    ...Object.fromEntries(
      Object.entries(one).flatMap(([table, methods]) =>
        typeof methods === 'function'
          ? []
          : [
              [
                table,
                Object.fromEntries(
                  Object.entries(methods).map(([name, run]) => [
                    name,
                    noting(table, name, run as (...of: never[]) => unknown),
                  ]),
                ),
              ],
            ],
      ),
    ),
  })
  const noting =
    (table: string, name: string, run: (...of: never[]) => unknown) =>
    (...of: never[]) => {
      calls.push(`${table}.${name}`)
      return run(...of)
    }
  const before = { ...store }
  Object.assign(store, watched(store))
  const transaction: Store['transaction'] = (work) => before.transaction((inside) => work(watched(inside)))
  Object.assign(store, { transaction })
  return {
    end: () => {
      Object.assign(store, before)
      return calls
    },
  }
}

test('a name and a password in one request: nobody, somebody, who is disabled and who has no password are answered alike', async () => {
  const { store } = server.app.context
  const person = { name: null, email: null, groups: [] }
  await store.people.put({ ...person, id: 'off', username: 'off', disabled: true }, ['off'])
  await store.people.put({ ...person, id: 'bob', username: 'bob' }, ['bob'])
  const somebody = await everythingAtOnce(ada.username)
  expect(somebody.shown[0]).toMatchObject({ status: 422, view: { at: 'answer', refusal: { code: 'wrong-password' } } })
  expect(somebody.asked).toContain('authenticators.charge')
  for (const name of ['eve', 'off', 'bob']) expect(await everythingAtOnce(name)).toEqual(somebody)
})

test('refusing takes as long for nobody as for somebody', async () => {
  const times = { somebody: [] as number[], nobody: [] as number[] }
  const { people, attempts } = server.app.context.store
  /** Answers wrongly as this name; a sign-in takes twenty wrong answers, and a name as many as are forgotten at once. */
  async function refusals(who: keyof typeof times, username: string) {
    const browser = new Browser()
    const { page, view } = await arrive(browser, await ask(server))
    const person = await people.byName(username)
    let open = await identify(browser, page, view, username)
    return async () => {
      const began = performance.now()
      const response = await browser.post(`${page}/answer`, answerOf(open, 'a wrong password, and long'))
      times[who].push(performance.now() - began)
      open = await underWayIn(response)
      expect(open.refusal?.code).toBe('wrong-password')
      await attempts.clear([`account ${person?.id}`, `name ${username}`].map((of) => `password of ${of}`))
    }
  }
  for (let round = 0; round < 10; round++) {
    const both = [await refusals('somebody', ada.username), await refusals('nobody', `nobody${round}`)]
    for (let pair = 0; pair < 10; pair++) for (const refusal of both) await refusal()
  }
  const pairs = times.somebody.flatMap((a) => times.nobody.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)))
  const auc = pairs.reduce<number>((sum, one) => sum + one, 0) / pairs.length
  expect(auc).toBeGreaterThan(0.35)
  expect(auc).toBeLessThan(0.65)
})
