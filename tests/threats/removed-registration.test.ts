import { authorizationCodeGrant, buildEndSessionUrl } from 'openid-client'
import { beforeEach, expect, test } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import { ada, type Clients } from '../people/people.ts'
import { answerOf, arrive, ask, identify, redeem, signIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// An address that is the attacker's now is removed from a client's registration, and sign-ins that are under way still
// bring codes, or links, there. Registration is what it is when the browser is sent (RFC 6819 §4.2.4, RFC 9700 §4.1.3).

const under =
  (clients: (harbour: string) => string) =>
  ({ harbour }: Clients) =>
    `
bench: { people: people.yaml }
attempts: { per_address_a_minute: 100000 }
policies: { staff: { rules: [{ name: everyone, then: { primary: [password] } }] } }
clients:
${clients(harbour)}
  other: { client_name: Other, redirect_uris: ['${harbour}/callback'], policy: staff }
`
const client = (harbour: string, path: string, more = '') =>
  `  harbour: { client_name: Harbour, redirect_uris: ['${harbour}${path}'], post_logout_redirect_uris: ['${harbour}${path}'], policy: staff${more} }`
const registered = under((harbour) => client(harbour, '/callback'))
const moved = under((harbour) => client(harbour, '/elsewhere'))
const changes = {
  'the redirect URI was removed': moved,
  'the client was removed': under(() => ''),
}
const server = await serverForAll(registered)
beforeEach(() => server.reconfigure(registered))

async function begun() {
  const browser = new Browser()
  const asked = await ask(server)
  const { page, view } = await arrive(browser, asked)
  return { browser, asked, page, named: await identify(browser, page, view, ada.username) }
}
/** Nothing on a page that leads to the relying party that there was. */
const expectNoWay = async (response: Response) => {
  const view = await viewIn(response)
  expect(view).toMatchObject({ at: 'over', goTo: null })
  expect(JSON.stringify(view)).not.toContain(server.clients.harbour)
}

test.each(Object.entries(changes))(
  '%s before the last proof: no answer is taken, and nothing leads there',
  async (_, changed) => {
    const { browser, page, named } = await begun()
    server.reconfigure(changed)
    await expectNoWay(await browser.post(`${page}/answer`, answerOf(named, ada.password)))
    await expectNoWay(await browser.post(`${page}/cancel`, { revision: named.revision }))
    await expectNoWay(await browser.get(page))
  },
)

test.each(Object.entries(changes))(
  '%s after the last proof, or when the person has cancelled: nothing is sent there',
  async (_, changed) => {
    const finished = await begun()
    const cancelled = await begun()
    const ends = [
      [finished, await finished.browser.post(`${finished.page}/answer`, answerOf(finished.named, ada.password))],
      [cancelled, await cancelled.browser.post(`${cancelled.page}/cancel`, { revision: cancelled.named.revision })],
    ] as const
    for (const [{ browser }, response] of ends) {
      const done = await viewIn(response)
      if (done.at !== 'done') throw new Error(done.at)
      server.reconfigure(changed)
      const { url, response: last } = await browser.follow(done.goTo)
      expect(new URL(url).origin).toBe(server.issuer)
      await expectNoWay(last)
      server.reconfigure(registered)
    }
  },
)

test('a page of a sign-in that is over leads to the client’s own beginning, and to no address that was removed', async () => {
  const { browser, page } = await begun()
  server.clock.aheadMs += 20 * 60_000
  expect(await viewIn(await browser.get(page))).toMatchObject({
    at: 'over',
    goTo: expect.stringContaining('login_required'),
  })
  server.reconfigure(moved)
  await expectNoWay(await browser.get(page))
  server.reconfigure(under((harbour) => client(harbour, '/elsewhere', `, initiate_login_uri: '${harbour}/login'`)))
  const { harbour } = server.clients
  const iss = encodeURIComponent(server.issuer)
  expect(await viewIn(await browser.get(page))).toMatchObject({ at: 'over', goTo: `${harbour}/login?iss=${iss}` })
})

test('a code that went there is redeemed by nobody, and one at an address that stays is', async () => {
  const asked = await ask(server)
  const end = await signIn(new Browser(), asked, ada)
  server.reconfigure(moved)
  await expect(authorizationCodeGrant(asked.config, new URL(end), asked.checks)).rejects.toMatchObject({
    error: 'invalid_grant',
  })
  const other = await ask(server, 'other')
  expect((await redeem(other, await signIn(new Browser(), other, ada))).claims()?.amr).toEqual(['pwd'])
})

test('a sign-out that is being confirmed ends here, where its address was removed', async () => {
  for (const [configured, end] of [
    [registered, `${server.clients.harbour}/callback`],
    [moved, `${server.issuer}/session/end/success`],
  ] as const) {
    server.reconfigure(registered)
    const browser = new Browser()
    const asked = await ask(server)
    const { id_token: hint = '' } = await redeem(asked, await signIn(browser, asked, ada))
    const post_logout_redirect_uri = `${server.clients.harbour}/callback`
    const url = buildEndSessionUrl(asked.config, { id_token_hint: hint, post_logout_redirect_uri })
    const html = await (await browser.get(url.href)).text()
    const [, action = ''] = /action="([^"]+)"/.exec(html) ?? []
    const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(html) ?? []
    server.reconfigure(configured)
    const { headers } = await browser.postForm(action, { xsrf, logout: 'yes' })
    expect(headers.get('location')?.split('?')[0]).toBe(end)
  }
})
