import { expect, test } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import { ada } from '../people/people.ts'
import { answerOf, arrive, ask, identify, loggedAs, type UnderWay, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// The attack: one sign-in, and its challenge opened again and again, so that a log that nobody may shorten fills the disk
// (OpenBao CVE-2026-46405).

const server = await serverForAll()
const most = 100

async function named() {
  const browser = new Browser()
  const { page, view } = await arrive(browser, await ask(server))
  return { browser, page, view: await identify(browser, page, view, ada.username) }
}
async function opened({ uid }: UnderWay) {
  const trail = await server.app.context.store.records.trail([await loggedAs(server, uid)])
  return trail.filter(({ kind }) => kind === 'opened').length
}
/** Opens it so many times more. */
async function openAgain({ browser, page, view }: Awaited<ReturnType<typeof named>>, times: number) {
  let last = view
  for (let time = 0; time < times; time++) {
    const again = { revision: last.revision, factor: 'password' }
    last = await underWayIn(await browser.post(`${page}/challenge`, again))
  }
  return last
}

test('the last opening that is allowed can be answered; one more closes the sign-in, and is not written down', async () => {
  const honest = await named()
  const last = await openAgain(honest, most - 1)
  const done = await viewIn(await honest.browser.post(`${honest.page}/answer`, answerOf(last, ada.password)))
  expect(done.at).toBe('done')

  const flood = await named()
  const full = await openAgain(flood, most - 1)
  const over = await flood.browser.post(`${flood.page}/challenge`, { revision: full.revision, factor: 'password' })
  expect(over.status).toBe(410)
  expect(await viewIn(over)).toMatchObject({ at: 'over', why: 'too-many-openings', client: 'Harbour Payroll' })
  expect((await flood.browser.post(`${flood.page}/answer`, answerOf(full, ada.password))).status).toBe(410)
  expect(await opened(full)).toBe(most)
})

test('beginning again with somebody else does not begin the count again', async () => {
  const flood = await named()
  const last = await openAgain(flood, most - 1)
  const revision = last.revision
  const nobody = await underWayIn(await flood.browser.post(`${flood.page}/restart`, { revision }))
  expect(nobody.at).toBe('identify')
  const again = { username: ada.username, revision: nobody.revision }
  expect(await viewIn(await flood.browser.post(`${flood.page}/identify`, again))).toMatchObject({
    at: 'over',
    why: 'too-many-openings',
  })
})

test('a value that is asked for hundreds of times is asked for once: nobody waits for a single request', async () => {
  const arrivedAfter = async (times: number) => {
    const values = Array(times).fill('urn:sallyport:acr:mfa')
    const claims = JSON.stringify({ id_token: { acr: { essential: true, values } } })
    const asked = await ask(server, 'treasury', { acr_values: values.join(' '), claims })
    const beganAt = performance.now()
    expect((await arrive(new Browser(), asked)).view.at).toBe('identify')
    return performance.now() - beganAt
  }
  const one = await arrivedAfter(1)
  expect(await arrivedAfter(150)).toBeLessThan(10 * one + 200)
})
