import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import * as oidc from 'openid-client'
import { beforeEach, expect, test } from 'vitest'
import { nextStep } from '../app.ts'
import { Browser } from '../browser.ts'
import { passWith } from '../means.ts'
import { grace } from '../people/people.ts'
import { ask, errorIn } from '../sign-in.ts'
import { serverForAll } from '../test-server.ts'

// Where acr, amr and auth_time appear: in the ID token, in both kinds of access token, at introspection and at
// userinfo; the same everywhere, and unchanged by a refresh.

const payroll = 'https://api.example.test/payroll'
const ledger = 'https://api.example.test/ledger'
const server = await serverForAll(
  ({ lighthouse, harbour }) => `bench: { people: people.yaml }
attempts: { per_address_a_minute: 100000 }
acr: { aliases: { 'https://refeds.org/profile/mfa': 'urn:sallyport:acr:mfa' } }
resources:
  ${payroll}: { scopes: [payroll.read, payroll.pay] }
  ${ledger}:
    scopes: [ledger.read]
    access_token: opaque
    introspection: { client_id: ledger-api, client_secret: a secret of the ledger alone }
policies: { both: { rules: [{ name: everyone, then: { primary: [password, totp] } }] } }
clients:
  lighthouse:
    client_name: Lighthouse Wiki
    redirect_uris: ['${lighthouse}/callback']
    client_secret: a secret of the lighthouse alone
    id_token_signed_response_alg: RS256
    policy: both
    dialect: oneportal
    resources: ['${payroll}', '${ledger}']
  harbour: { client_name: Harbour, redirect_uris: ['${harbour}/callback'], policy: both }
`,
)
beforeEach(() => nextStep(server))
const scope = 'openid profile email groups payroll.read ledger.read'
const said = (claims: object | undefined) => {
  const { acr, amr, auth_time } = claims as Record<string, unknown>
  return { acr, amr, auth_time }
}
const onRequest = { claims: JSON.stringify({ userinfo: { acr: null, amr: null, auth_time: null, email: null } }) }

async function signedIn(extra: Record<string, string> = {}, resources: readonly string[] = [payroll, ledger]) {
  const asked = await ask(server, 'lighthouse', { scope, ...extra })
  const url = new URL(asked.url)
  for (const one of resources) url.searchParams.append('resource', one)
  const end = await passWith(server, new Browser(), { ...asked, url: url.href }, grace, ['password', 'totp'])
  if (typeof end !== 'string') throw new Error(end.at)
  return { asked, end }
}

async function introspect(token: string, [id, secret]: readonly [string, string]) {
  const { introspection_endpoint: endpoint } = await (
    await fetch(`${server.issuer}/.well-known/openid-configuration`)
  ).json()
  const authorization = `Basic ${Buffer.from(`${id}:${encodeURIComponent(secret).replaceAll('%20', '+')}`).toString('base64')}`
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams({ token }),
  })
  return response.json()
}
const theLedger = ['ledger-api', 'a secret of the ledger alone'] as const
const theLighthouse = ['lighthouse', 'a secret of the lighthouse alone'] as const

test('the same everywhere, and unchanged by a refresh', async () => {
  const { asked, end } = await signedIn(onRequest)
  const first = await oidc.authorizationCodeGrant(asked.config, new URL(end), asked.checks)
  const truth = said(first.claims())
  expect(truth).toEqual({ acr: 'urn:sallyport:acr:aal2', amr: ['mfa', 'otp', 'pwd'], auth_time: expect.any(Number) })

  const userinfo = await oidc.fetchUserInfo(asked.config, first.access_token, first.claims()?.sub ?? '')
  expect(said(userinfo)).toEqual(truth)
  expect(said(await introspect(first.access_token, theLighthouse))).toEqual(truth)

  const jwt = await oidc.refreshTokenGrant(asked.config, first.refresh_token ?? '', { resource: payroll })
  const keys = createRemoteJWKSet(new URL(asked.config.serverMetadata().jwks_uri ?? ''))
  const { payload } = await jwtVerify(jwt.access_token, keys, {
    typ: 'at+jwt',
    issuer: server.issuer,
    audience: payroll,
  })
  expect(said(payload)).toEqual(truth)
  expect(payload).toMatchObject({ client_id: 'lighthouse', scope: 'payroll.read', sub: first.claims()?.sub })
  expect(decodeProtectedHeader(jwt.access_token)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' })
  expect(said(jwt.claims())).toEqual(truth)

  const opaque = await oidc.refreshTokenGrant(asked.config, jwt.refresh_token ?? '', { resource: ledger })
  const known = await introspect(opaque.access_token, theLedger)
  expect(known).toMatchObject({ active: true, aud: ledger, scope: 'ledger.read', client_id: 'lighthouse' })
  expect(said(known)).toEqual(truth)
})

test('a JWT comes from the code, too', async () => {
  const { asked, end } = await signedIn({}, [payroll])
  const tokens = await oidc.authorizationCodeGrant(asked.config, new URL(end), asked.checks, { resource: payroll })
  const payload = JSON.parse(Buffer.from(tokens.access_token.split('.')[1] ?? '', 'base64url').toString())
  expect(said(payload)).toEqual(said(tokens.claims()))
  expect(payload.aud).toBe(payroll)
})

test('userinfo says it only where the request asked for it there', async () => {
  const { asked, end } = await signedIn()
  const tokens = await oidc.authorizationCodeGrant(asked.config, new URL(end), asked.checks)
  const userinfo = await oidc.fetchUserInfo(asked.config, tokens.access_token, tokens.claims()?.sub ?? '')
  expect(said(userinfo)).toEqual({ acr: undefined, amr: undefined, auth_time: undefined })
})

test('an API learns of its own tokens, a client of its own, and nobody of the others', async () => {
  const { asked, end } = await signedIn()
  const own = await oidc.authorizationCodeGrant(asked.config, new URL(end), asked.checks)
  const theirs = await oidc.refreshTokenGrant(asked.config, own.refresh_token ?? '', { resource: ledger })
  expect(await introspect(own.access_token, theLedger)).toEqual({ active: false })
  expect(await introspect(theirs.access_token, theLighthouse)).toEqual({ active: false })
  expect(await introspect('made up', theLedger)).toEqual({ active: false })
  // RFC 7662 §2.2: what the server does not know is no error, also when it is a JWT.
  for (const jwt of ['eyJhbGciOiJub25lIn0.e30.', theirs.id_token ?? ''])
    expect(await introspect(jwt, theLedger)).toEqual({ active: false })
  expect(await introspect(theirs.refresh_token ?? '', theLedger)).toEqual({ active: false })
  const wrong = ['ledger-api', 'another secret'] as const
  expect((await introspect(theirs.access_token, wrong)).error).toBe('invalid_client')
})

test('an API that there is not, or that a client is not registered for, is no target', async () => {
  for (const [client, resource] of [
    ['lighthouse', 'https://api.example.test/nowhere'],
    ['harbour', payroll],
  ] as const) {
    const { url } = await new Browser().follow((await ask(server, client, { scope, resource })).url)
    expect(errorIn(url)).toBe('invalid_target')
  }
})

test('an API is nobody who can ask for a sign-in', async () => {
  const url = new URL((await ask(server, 'harbour')).url)
  url.searchParams.set('client_id', 'ledger-api')
  const { response } = await new Browser().follow(url.href)
  expect(response.status).toBe(400)
})

const ours =
  'aal1 aal2 mfa grid passkey password sms smartcard token totp knowledge otp possession knowledgeorpossession'
const safenets =
  'fido grid hwk mpPlus pwd sc sms inherence knowledge possession knowledgeorinherence knowledgeorpossession ' +
  'possessionorinherence knowledgeorpossessionorinherence'

test('the metadata is complete, and promises nothing else', async () => {
  const metadata = await (await fetch(`${server.issuer}/.well-known/openid-configuration`)).json()
  const { acr_values_supported: acr, claims_supported: claims, ...rest } = metadata
  expect(new Set(acr)).toEqual(
    new Set([
      ...ours.split(' ').map((name) => `urn:sallyport:acr:${name}`),
      ...safenets.split(' ').map((name) => `urn:safenetid.com:acr:${name}`),
      ...['phr', 'phrh', 'https://refeds.org/profile/mfa'],
    ]),
  )
  const about = ['name', 'preferred_username', 'email', 'groups']
  expect(new Set(claims)).toEqual(new Set(['sub', 'iss', 'sid', 'acr', 'amr', 'auth_time', ...about]))
  expect(rest).toEqual({
    issuer: server.issuer,
    authorization_endpoint: `${server.issuer}/auth`,
    token_endpoint: `${server.issuer}/token`,
    userinfo_endpoint: `${server.issuer}/me`,
    jwks_uri: `${server.issuer}/jwks`,
    end_session_endpoint: `${server.issuer}/session/end`,
    introspection_endpoint: `${server.issuer}/introspect`,
    pushed_authorization_request_endpoint: `${server.issuer}/request`,
    authorization_response_iss_parameter_supported: true,
    backchannel_logout_session_supported: true,
    backchannel_logout_supported: true,
    claim_types_supported: ['normal'],
    claims_parameter_supported: true,
    code_challenge_methods_supported: ['S256'],
    dpop_signing_alg_values_supported: ['ES256', 'Ed25519', 'EdDSA'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    id_token_signing_alg_values_supported: ['ES256', 'RS256'],
    introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
    request_uri_parameter_supported: false,
    response_modes_supported: ['form_post', 'fragment', 'query'],
    response_types_supported: ['code'],
    scopes_supported: ['openid', 'profile', 'email', 'groups'],
    subject_types_supported: ['public'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    ui_locales_supported: ['en'],
  })
})
