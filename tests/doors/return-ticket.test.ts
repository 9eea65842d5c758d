import { expect, test } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import { ada } from '../people/people.ts'
import { answerOf, arrive, ask, errorIn, identify, redeem, signIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// A sign-in that is over leads on: to where it can begin again, or to where it ended.

const server = await serverForAll(
  ({ harbour }) => `bench: { people: people.yaml }
policies: { staff: { rules: [{ name: everyone, then: { primary: [password] } }] } }
clients:
  harbour:
    client_name: Harbour
    redirect_uris: ['${harbour}/callback']
    initiate_login_uri: ${harbour}/login
    client_uri: ${harbour}/home
    policy: staff
  homely: { client_name: Homely, redirect_uris: ['${harbour}/callback'], client_uri: '${harbour}/home', policy: staff }
  plain: { client_name: Plain, redirect_uris: ['${harbour}/callback'], policy: staff }
`,
)
const minuteMs = 60_000
const issuer = encodeURIComponent(server.issuer)
const ways = {
  harbour: `${server.clients.harbour}/login?iss=${issuer}`,
  homely: `${server.clients.harbour}/home`,
  plain: null,
} as const
const clients = Object.keys(ways) as (keyof typeof ways)[]

test.each(clients.flatMap((client) => [20, 70, 23 * 60].map((minutes) => [client, minutes] as const)))(
  'at %s, %i minutes later, the page starts again',
  async (client, minutes) => {
    const browser = new Browser()
    const asked = await ask(server, client)
    const { page, view } = await arrive(browser, asked)
    const named = await identify(browser, page, view, ada.username)
    server.clock.aheadMs += minutes * minuteMs
    for (const late of [
      await browser.get(page),
      await browser.get(`${page}/view`),
      await browser.post(`${page}/answer`, answerOf(named, ada.password)),
    ]) {
      expect(late.status).toBe(410)
      const over = await viewIn(late)
      if (over.at !== 'over') throw new Error(over.at)
      expect(over.why).toBe('expired')
      if (ways[client]) expect(over.goTo).toBe(ways[client])
      else {
        // Where there is nothing to begin at, the relying party is told: with its own state, so that it believes it.
        expect(errorIn(over.goTo ?? '')).toBe('login_required')
        expect(new URL(over.goTo ?? '').searchParams.get('state')).toBe(asked.checks.expectedState)
      }
    }
    // Begun again in the same browser it is a sign-in like any other.
    const again = await ask(server, client)
    expect((await redeem(again, await signIn(browser, again, ada))).claims()?.amr).toEqual(['pwd'])
  },
)

test.each([
  ['query', (state: string) => `/callback?error=login_required&state=${state}&iss=${issuer}`],
  ['fragment', (state: string) => `/callback#error=login_required&state=${state}&iss=${issuer}`],
  ['form_post', () => '/'],
])('a relying party that is answered by %s is told there, or nothing', async (mode, end) => {
  const browser = new Browser()
  const asked = await ask(server, 'plain', { response_mode: mode })
  const { page } = await arrive(browser, asked)
  server.clock.aheadMs += 20 * minuteMs
  const goTo = server.clients.harbour + end(String(asked.checks.expectedState))
  expect(await viewIn(await browser.get(page))).toMatchObject({ at: 'over', goTo })
})

test('a day later nobody knows any more where it came from, and another browser never did', async () => {
  const browser = new Browser()
  const { page } = await arrive(browser, await ask(server))
  expect(await viewIn(await new Browser().get(page))).toMatchObject({ at: 'over', client: null, goTo: null })
  server.clock.aheadMs += 24 * 60 * minuteMs + 1000
  expect(await viewIn(await browser.get(page))).toMatchObject({ at: 'over', client: null, goTo: null })
})

test('a ticket is one browser’s: planted in another one, which has a binding of its own, it leads nowhere', async () => {
  const [own, other] = [new Browser(), new Browser()]
  const { page } = await arrive(own, await ask(server))
  await arrive(other, await ask(server))
  const ticket = (await own.jar.getCookies(page)).find(({ key }) => key === 'sallyport_ticket')
  if (!ticket) throw new Error('There is no ticket.')
  await other.jar.setCookie(ticket, page)
  expect(await viewIn(await other.get(page))).toMatchObject({ at: 'over', client: null, goTo: null })
  server.clock.aheadMs += 20 * minuteMs
  expect(await viewIn(await own.get(page))).toMatchObject({ at: 'over', client: 'Harbour' })
})

test.each(clients)('Back after completion at %s leads on, whatever is pressed there', async (client) => {
  const browser = new Browser()
  const asked = await ask(server, client)
  const { page, view } = await arrive(browser, asked)
  const named = await identify(browser, page, view, ada.username)
  const done = await viewIn(await browser.post(`${page}/answer`, answerOf(named, ada.password)))
  if (done.at !== 'done') throw new Error(done.at)
  await redeem(asked, (await browser.follow(done.goTo)).url)

  for (const back of [
    await browser.get(page),
    await browser.post(`${page}/answer`, answerOf(named, ada.password)),
    await browser.post(`${page}/cancel`, { revision: named.revision }),
  ]) {
    expect(back.status).toBe(410)
    const goTo = ways[client] ?? `${server.clients.harbour}/`
    expect(await viewIn(back)).toMatchObject({ at: 'over', why: 'finished', goTo })
  }
  // So does the way back to the engine, which is spent.
  const { response } = await browser.follow(done.goTo)
  expect(await viewIn(response)).toMatchObject({ at: 'over', why: 'finished', client: expect.any(String) })
})
