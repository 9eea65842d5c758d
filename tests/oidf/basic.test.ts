import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as oidc from 'openid-client'
import { expect } from 'vitest'
import { Browser } from '../browser.ts'
import { ada } from '../people/people.ts'
import { arrive, ask, redeem, signIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'
import { modulesOf } from './module.ts'
import { bearer, changed, lighthouseAndPoster, partyOf, unsigned } from './party.ts'

// The Basic and Config profiles, re-expressed. Every request here carries PKCE, which Sallyport requires of all.

const { module, whole } = modulesOf('oidcc-basic-certification-test-plan', 'oidcc-config-certification-test-plan')
const server = await serverForAll(lighthouseAndPoster)
const { request, metadata, succeeds, again, refusedAt, userinfo } = partyOf(server)

module('oidcc-discovery-endpoint-verification', async () => {
  expect(await metadata()).toMatchObject({
    issuer: server.issuer,
    authorization_endpoint: expect.stringContaining(server.issuer),
    token_endpoint: expect.stringContaining(server.issuer),
    userinfo_endpoint: expect.stringContaining(server.issuer),
    jwks_uri: expect.stringContaining(server.issuer),
    response_types_supported: expect.arrayContaining(['code']),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
    scopes_supported: expect.arrayContaining(['openid']),
    claims_supported: expect.arrayContaining(['sub']),
  })
})

module('oidcc-server', async () => {
  const { claims } = await succeeds()
  expect(claims).toMatchObject({ iss: server.issuer, aud: 'lighthouse', sub: expect.any(String) })
})
module('oidcc-response-type-missing', async () => {
  const url = changed(await request(), (parameters) => parameters.delete('response_type'))
  expect(['invalid_request', 'unsupported_response_type', 'error']).toContain(await refusedAt(url))
})
module('oidcc-idtoken-signature', async () => {
  const { tokens, asked } = await succeeds()
  const keys = createRemoteJWKSet(new URL(asked.config.serverMetadata().jwks_uri ?? ''))
  const { protectedHeader } = await jwtVerify(tokens.id_token ?? '', keys, { audience: 'lighthouse' })
  expect(protectedHeader).toMatchObject({ alg: 'RS256', kid: expect.any(String) })
})
// Not applicable: no client can be registered for unsigned tokens.
module('oidcc-idtoken-unsigned', async () => {
  expect((await metadata()).id_token_signing_alg_values_supported).not.toContain('none')
})
module('oidcc-userinfo-get', async () => void (await userinfo(bearer)))
module(
  'oidcc-userinfo-post-header',
  async () => void (await userinfo((token) => ({ method: 'POST', ...bearer(token) }))),
)
module('oidcc-userinfo-post-body', async () => {
  await userinfo((token) => ({ method: 'POST', body: new URLSearchParams({ access_token: token }) }))
})
module('oidcc-ensure-request-without-nonce-succeeds-for-code-flow', async () => {
  const asked = await request()
  const url = changed(asked, (parameters) => parameters.delete('nonce'))
  const { expectedNonce: _, ...checks } = asked.checks
  const end = await signIn(new Browser(), { ...asked, url }, ada)
  expect((await redeem({ ...asked, checks }, end)).claims()?.nonce).toBeUndefined()
})
module('oidcc-scope-profile', async () => {
  expect(await userinfo(bearer, { scope: 'openid profile' })).toMatchObject({
    name: ada.name,
    preferred_username: 'ada',
  })
})
module('oidcc-scope-email', async () => {
  expect(await userinfo(bearer, { scope: 'openid email' })).toMatchObject({ email: ada.email })
})
// Neither is known of anybody; asking is no error.
module('oidcc-scope-address', async () => void (await userinfo(bearer, { scope: 'openid address' })))
module('oidcc-scope-phone', async () => void (await userinfo(bearer, { scope: 'openid phone' })))
module('oidcc-scope-all', async () => {
  const said = await userinfo(bearer, { scope: 'openid address email phone profile' })
  expect(said).toMatchObject({ name: ada.name, email: ada.email })
})
module('oidcc-alternate-happy-flow', async () => {
  const asked = await request({ scope: 'email profile openid' })
  const url = new URL(asked.url)
  const backwards = new URLSearchParams([...url.searchParams].reverse())
  const end = await signIn(new Browser(), { ...asked, url: `${url.origin}${url.pathname}?${backwards}` }, ada)
  expect((await redeem(asked, end)).claims()?.sub).toBeDefined()
})
for (const [name, extra] of [
  ['oidcc-display-page', { display: 'page' }],
  ['oidcc-display-popup', { display: 'popup' }],
  ['oidcc-ensure-request-with-unknown-parameter-succeeds', { extra: 'foobar' }],
  ['oidcc-login-hint', { login_hint: 'buffy@localhost' }],
  ['oidcc-ui-locales', { ui_locales: 'se' }],
  ['oidcc-claims-locales', { claims_locales: 'se' }],
] as const)
  module(name, async () => void (await succeeds(extra)))
module('oidcc-ensure-request-with-acr-values-succeeds', async () => {
  const { acr_values_supported: all }: { acr_values_supported: string[] } = await metadata()
  const { claims } = await succeeds({ acr_values: all.join(' ') })
  expect(all).toContain(claims.acr)
})

module('oidcc-prompt-login', async () => {
  const { browser, claims } = await succeeds()
  server.clock.aheadMs += 1100
  const second = await succeeds({ prompt: 'login' }, browser)
  expect(Number(second.claims.auth_time)).toBeGreaterThan(Number(claims.auth_time))
})
module('oidcc-prompt-none-not-logged-in', async () => {
  expect(await refusedAt((await request({ prompt: 'none' })).url)).toBe('login_required')
})
module('oidcc-prompt-none-logged-in', async () => {
  const { browser, claims } = await succeeds()
  const { sub, auth_time } = await again(browser, { prompt: 'none' })
  expect({ sub, auth_time }).toEqual({ sub: claims.sub, auth_time: claims.auth_time })
})
module('oidcc-max-age-1', async () => {
  const { browser, claims } = await succeeds()
  server.clock.aheadMs += 2100
  const second = await succeeds({ max_age: '1' }, browser)
  expect(Number(second.claims.auth_time)).toBeGreaterThan(Number(claims.auth_time))
})
module('oidcc-max-age-10000', async () => {
  const { browser, claims } = await succeeds({ max_age: '15000' })
  expect((await again(browser, { max_age: '10000' })).auth_time).toBe(claims.auth_time)
})
module('oidcc-id-token-hint', async () => {
  const { browser, tokens, claims } = await succeeds()
  const second = await again(browser, { prompt: 'none', id_token_hint: tokens.id_token ?? '' })
  expect(second.sub).toBe(claims.sub)
})

for (const name of ['oidcc-codereuse', 'oidcc-codereuse-30seconds'])
  module(name, async () => {
    const asked = await request()
    const url = await signIn(new Browser(), asked, ada)
    const tokens = await redeem(asked, url)
    if (name.endsWith('seconds')) server.clock.aheadMs += 30_000
    await expect(redeem(asked, url)).rejects.toMatchObject({ error: 'invalid_grant' })
    // What the code gave is good no more.
    await expect(oidc.fetchUserInfo(asked.config, tokens.access_token, oidc.skipSubjectCheck)).rejects.toThrow()
  })
module('oidcc-ensure-registered-redirect-uri', async () => {
  const elsewhere = `${server.clients.lighthouse}/nowhere`
  const url = changed(await request(), (parameters) => parameters.set('redirect_uri', elsewhere))
  expect(await refusedAt(url)).toBe('error')
})
module('oidcc-ensure-post-request-succeeds', async () => {
  const browser = new Browser()
  const asked = await request()
  const { origin, pathname, searchParams } = new URL(asked.url)
  const response = await browser.postForm(origin + pathname, Object.fromEntries(searchParams))
  const url = new URL(response.headers.get('location') ?? '', origin).href
  expect((await redeem(asked, await signIn(browser, { ...asked, url }, ada))).claims()?.sub).toBeDefined()
})
module('oidcc-server-client-secret-post', async () => {
  const asked = await ask(server, 'poster')
  const execute = [oidc.allowInsecureRequests]
  const auth = oidc.ClientSecretPost('a secret of the lighthouse alone')
  const alg = { id_token_signed_response_alg: 'ES256' }
  const config = await oidc.discovery(new URL(server.issuer), 'poster', alg, auth, { execute })
  const end = await signIn(new Browser(), asked, ada)
  expect((await redeem({ ...asked, config }, end)).claims()?.aud).toBe('poster')
})

// Request objects are not supported: they are refused, by value and by reference, and never half believed.
module('oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported', async () => {
  expect(await refusedAt((await request({ request: unsigned({}) })).url)).toBe('request_not_supported')
})
module('oidcc-ensure-request-object-with-redirect-uri', async () => {
  const redirect_uri = `${server.clients.lighthouse}/other`
  expect(await refusedAt((await request({ request: unsigned({ redirect_uri }) })).url)).toBe('request_not_supported')
})
module('oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported', async () => {
  const url = (await request({ request_uri: 'https://rp.example.test/request.jwt' })).url
  expect(['request_uri_not_supported', 'invalid_request_uri', 'error']).toContain(await refusedAt(url))
})

module('oidcc-claims-essential', async () => {
  const claims = JSON.stringify({ userinfo: { name: { essential: true } } })
  expect(await userinfo(bearer, { scope: 'openid', claims })).toMatchObject({ name: ada.name })
})
module('oidcc-refresh-token', async () => {
  const { asked, tokens, claims } = await succeeds()
  const refreshed = await oidc.refreshTokenGrant(asked.config, tokens.refresh_token ?? '')
  expect(refreshed.claims()).toMatchObject({ sub: claims.sub, iss: claims.iss, aud: claims.aud })
  const other = (await ask(server, 'poster')).config
  const auth = oidc.ClientSecretPost('a secret of the lighthouse alone')
  const execute = [oidc.allowInsecureRequests]
  const poster = await oidc.discovery(new URL(other.serverMetadata().issuer), 'poster', undefined, auth, { execute })
  await expect(oidc.refreshTokenGrant(poster, refreshed.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
})
module('oidcc-ensure-request-with-valid-pkce-succeeds', async () => {
  const asked = await request()
  const end = await signIn(new Browser(), asked, ada)
  const wrong = { ...asked, checks: { ...asked.checks, pkceCodeVerifier: oidc.randomPKCECodeVerifier() } }
  await expect(redeem(wrong, end)).rejects.toMatchObject({ error: 'invalid_grant' })
  const { claims } = await succeeds()
  expect(claims.sub).toBeDefined()
  const { view } = await arrive(new Browser(), await request())
  expect(view.at).toBe('identify')
})
whole()
