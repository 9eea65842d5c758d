import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeEach, expect } from 'vitest'
import { Browser, viewIn } from '../browser.ts'
import { ada } from '../people/people.ts'
import { ask, errorIn, redeem, signIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'
import { modulesOf } from './module.ts'

// RP-initiated logout, and back-channel logout that follows it, re-expressed.

const { module, whole } = modulesOf(
  'oidcc-rp-initiated-logout-certification-test-plan',
  'oidcc-backchannel-rp-initiated-logout-certification-test-plan',
)
const told: string[] = []
const listener = createServer(async (req, res) => {
  let body = ''
  for await (const chunk of req) body += chunk
  told.push(new URLSearchParams(body).get('logout_token') ?? '')
  res.end()
}).listen(0, '127.0.0.1')
await once(listener, 'listening')
afterAll(() => void listener.close())
beforeEach(() => void told.splice(0))

const server = await serverForAll(
  ({ harbour }) => `bench: { people: people.yaml }
outgoing: { private_networks: [127.0.0.0/8, ::1/128] }
policies: { staff: { rules: [{ name: everyone, then: { primary: [password] } }] } }
clients:
  harbour:
    client_name: Harbour
    redirect_uris: ['${harbour}/callback']
    post_logout_redirect_uris: ['${harbour}/bye']
    backchannel_logout_uri: http://localhost:${(listener.address() as AddressInfo).port}/logout
    policy: staff
`,
)
const bye = `${server.clients.harbour}/bye`
const metadata = async () => (await fetch(`${server.issuer}/.well-known/openid-configuration`)).json()

async function signedIn() {
  const browser = new Browser()
  const asked = await ask(server)
  const tokens = await redeem(asked, await signIn(browser, asked, ada))
  return { browser, hint: tokens.id_token ?? '', claims: tokens.claims() }
}

/** Goes to the end-session endpoint, and says yes where it asks: where that leads, or what is shown. */
async function end(browser: Browser, parameters: Record<string, string>) {
  const { end_session_endpoint: endpoint } = await metadata()
  const page = await browser.get(`${endpoint}?${new URLSearchParams(parameters)}`, { accept: 'text/html' })
  const view = await viewIn(page)
  if (view.at !== 'sign-out') return { to: null, at: view.at }
  const done = await browser.postForm(view.action, { xsrf: view.xsrf, logout: 'yes' })
  const to = done.headers.get('location') ?? ''
  if (!to.startsWith(server.issuer)) return { to, at: null }
  return { to: null, at: (await viewIn(await browser.get(to))).at }
}
const isSignedIn = async (browser: Browser) =>
  errorIn((await browser.follow((await ask(server, 'harbour', { prompt: 'none' })).url)).url) === null

module('oidcc-rp-initiated-logout-discovery-endpoint-verification', async () => {
  expect((await metadata()).end_session_endpoint).toMatch(server.issuer)
})
module('oidcc-backchannel-logout-discovery-endpoint-verification', async () => {
  expect(await metadata()).toMatchObject({
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    end_session_endpoint: expect.stringContaining(server.issuer),
  })
})
module('oidcc-rp-initiated-logout', async () => {
  const { browser, hint } = await signedIn()
  const parameters = { id_token_hint: hint, post_logout_redirect_uri: bye, state: 'a state' }
  expect((await end(browser, parameters)).to).toBe(`${bye}?state=a+state`)
  expect(await isSignedIn(browser)).toBe(false)
})
module('oidcc-backchannel-rp-initiated-logout', async () => {
  const { browser, hint, claims } = await signedIn()
  await end(browser, { id_token_hint: hint, post_logout_redirect_uri: bye })
  expect(told.map((token) => decodeJwt(token))).toMatchObject([{ sub: claims?.sub, sid: claims?.sid, aud: 'harbour' }])
  expect(await isSignedIn(browser)).toBe(false)
})
module('oidcc-rp-initiated-logout-no-state', async () => {
  const { browser, hint } = await signedIn()
  expect((await end(browser, { id_token_hint: hint, post_logout_redirect_uri: bye })).to).toBe(bye)
  expect(await isSignedIn(browser)).toBe(false)
})
for (const [name, parameters] of [
  ['oidcc-rp-initiated-logout-no-params', () => ({})],
  ['oidcc-rp-initiated-logout-only-state', () => ({ state: 's' })],
  ['oidcc-rp-initiated-logout-no-post-logout-redirect-uri', (hint: string) => ({ id_token_hint: hint, state: 's' })],
  ['oidcc-rp-initiated-logout-no-id-token-hint', () => ({ post_logout_redirect_uri: bye, state: 's' })],
] as const)
  module(name, async () => {
    const { browser, hint } = await signedIn()
    expect(await end(browser, parameters(hint) as Record<string, string>)).toEqual({ to: null, at: 'signed-out' })
    expect(await isSignedIn(browser)).toBe(false)
  })

/** Nothing is redirected, and an error is shown. */
const refuses = async (parametersOf: (hint: string) => Promise<Record<string, string>>) => {
  const { browser, hint } = await signedIn()
  expect(await end(browser, await parametersOf(hint))).toEqual({ to: null, at: 'error' })
}
for (const [name, uri] of [
  ['oidcc-rp-initiated-logout-bad-post-logout-redirect-uri', 'https://elsewhere.example/'],
  ['oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri', `${bye}?foo=bar`],
] as const)
  module(name, () => refuses(async (hint) => ({ id_token_hint: hint, post_logout_redirect_uri: uri })))
module('oidcc-rp-initiated-logout-modified-id-token-hint', () =>
  refuses(async (hint) => {
    const [, payload] = hint.split('.')
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
    return { id_token_hint: unsigned, post_logout_redirect_uri: bye }
  }),
)
module('oidcc-rp-initiated-logout-bad-id-token-hint', () =>
  refuses(async (hint) => {
    const { privateKey } = await generateKeyPair('ES256')
    const forged = await new SignJWT(decodeJwt(hint)).setProtectedHeader({ alg: 'ES256' }).sign(privateKey)
    return { id_token_hint: forged, post_logout_redirect_uri: bye }
  }),
)
whole()
