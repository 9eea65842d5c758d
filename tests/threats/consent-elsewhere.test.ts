import { expect, test } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import { ada } from '../people/people.ts'
import { type Asked, ask, errorIn, redeem, signIn, underWayIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// A relying party has its `read` at a harmless API allowed, and then takes `read` at the one that pays, unasked.
// A scope means something at one API alone (RFC 8707 §2), and so does the consent to it.

const token = 'a token of the administrators alone, 41'
const calendar = 'https://api.example.test/calendar'
const payroll = 'https://api.example.test/payroll'
const server = await serverForAll(
  ({ harbour }) => `bench: { people: people.yaml }
admin: { secret: '${token}' }
attempts: { per_address_a_minute: 100000 }
resources:
  ${calendar}: { scopes: [read, write] }
  ${payroll}: { scopes: [read, pay, email] }
policies: { staff: { rules: [{ name: everyone, then: { primary: [password] } }] } }
clients:
${['travel', 'parcels', 'weather', 'lunch']
  .map(
    (id) =>
      `  ${id}: { client_name: ${id}, redirect_uris: ['${harbour}/callback'], policy: staff, third_party: true, resources: ['${calendar}', '${payroll}'] }`,
  )
  .join('\n')}
`,
)

async function signedIn() {
  const browser = new Browser()
  await signIn(browser, await ask(server, 'lunch', { scope: 'openid' }), ada)
  return browser
}
const wanting = (client: string, resource: string, scope = 'openid read') => ask(server, client, { scope, resource })
const pageOf = async (browser: Browser, asked: Asked) => underWayIn((await browser.follow(asked.url)).response)
async function agree(browser: Browser, asked: Asked, resource: string) {
  const { uid, revision } = await pageOf(browser, asked)
  const view = await viewIn(await browser.post(`${server.issuer}/sign-in/${uid}/agree`, { revision }))
  if (view.at !== 'done') throw new Error(view.at)
  const end = (await browser.follow(view.goTo)).url
  const { authorizationCodeGrant } = await import('openid-client')
  return authorizationCodeGrant(asked.config, new URL(end), asked.checks, { resource })
}
const admin = async (path: string, body: object) => {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const url = `${server.issuer}/api/admin${path}`
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json()
}

test('a scope that is allowed at one API is asked for again at the other, which the question names', async () => {
  const browser = await signedIn()
  const first = await wanting('travel', calendar)
  expect(await pageOf(browser, first)).toMatchObject({
    at: 'consent',
    scopes: ['openid'],
    apis: [{ resource: calendar, scopes: ['read'] }],
  })
  await agree(browser, first, calendar)
  expect((await redeem(first, (await browser.follow(first.url)).url)).scope).toContain('openid')

  const second = await wanting('travel', payroll)
  expect(await pageOf(browser, second)).toMatchObject({
    at: 'consent',
    apis: [{ resource: payroll, scopes: ['read'] }],
  })
  const silent = await ask(server, 'travel', { scope: 'openid read', resource: payroll, prompt: 'none' })
  expect(errorIn((await browser.follow(silent.url)).url)).toBe('consent_required')
})

test('a scope of an API is none of OpenID Connect that is spelt alike, and a token without scopes is asked for, too', async () => {
  const browser = await signedIn()
  await agree(browser, await ask(server, 'parcels', { scope: 'openid email' }), calendar).catch(() => {})
  const more = await wanting('parcels', payroll, 'openid email')
  expect(await pageOf(browser, more)).toMatchObject({ at: 'consent', apis: [{ resource: payroll, scopes: ['email'] }] })
  const bare = await wanting('parcels', calendar, 'openid')
  expect(await pageOf(browser, bare)).toMatchObject({ at: 'consent', apis: [{ resource: calendar, scopes: [] }] })
})

test('what is withdrawn is asked again, and no token that came of it is good', async () => {
  const browser = await signedIn()
  const first = await wanting('weather', calendar, 'openid read write')
  const { refresh_token: refreshToken = '' } = await agree(browser, first, calendar)
  const consents = await admin('/consents/list', { who: 'ada' })
  expect(consents).toContainEqual(
    expect.objectContaining({
      client: 'weather',
      scopes: ['openid'],
      apis: [{ resource: calendar, scopes: ['read', 'write'] }],
    }),
  )
  expect(await admin('/consents/withdraw', { who: 'ada', client: 'nobody' })).toEqual({ withdrawn: [] })
  expect(await admin('/consents/withdraw', { who: 'ada', client: 'weather' })).toEqual({ withdrawn: ['weather'] })
  const { refreshTokenGrant } = await import('openid-client')
  await expect(refreshTokenGrant(first.config, refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' })
  expect((await pageOf(browser, await wanting('weather', calendar))).at).toBe('consent')
})
