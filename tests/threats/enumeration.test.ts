import { expect, test } from 'vitest'
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
