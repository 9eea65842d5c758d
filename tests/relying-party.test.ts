import * as oidc from 'openid-client'
import { expect, test } from 'vitest'
import { Browser } from './browser.ts'
import { ada } from './people/people.ts'
import { ask, redeem, signIn, tokensFor } from './sign-in.ts'
import { serverForAll } from './test-server.ts'

// A relying party that nobody here wrote, from discovery to sign-out.

const server = await serverForAll()

test.each(['harbour', 'lighthouse'] as const)('openid-client completes a sign-in as %s', async (client) => {
  const { asked, tokens } = await tokensFor(server, ada, client)
  const claims = tokens.claims()
  expect(claims).toMatchObject({ iss: server.issuer, aud: client, acr: 'urn:sallyport:acr:aal1', amr: ['pwd'] })
  const [header] = (tokens.id_token ?? '').split('.')
  expect(JSON.parse(Buffer.from(header ?? '', 'base64url').toString())).toMatchObject({
    alg: client === 'harbour' ? 'ES256' : 'RS256',
  })

  const userinfo = await oidc.fetchUserInfo(asked.config, tokens.access_token, claims?.sub ?? '')
  expect(userinfo).toMatchObject({
    sub: claims?.sub,
    preferred_username: 'ada',
    name: ada.name,
    email: ada.email,
    groups: ['staff'],
  })
})

test('a refresh gives tokens that say the same about how the person authenticated', async () => {
  const { asked, tokens } = await tokensFor(server, ada)
  const again = await oidc.refreshTokenGrant(asked.config, tokens.refresh_token ?? '')
  const { acr, amr, auth_time, sub } = tokens.claims() ?? ({} as oidc.IDToken)
  expect(again.claims()).toMatchObject({ acr, amr, auth_time, sub })
  expect(again.refresh_token).not.toBe(tokens.refresh_token)
  await expect(oidc.refreshTokenGrant(asked.config, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
})

test('end-session asks, ends the session and leads back', async () => {
  const browser = new Browser()
  const asked = await ask(server)
  const tokens = await redeem(asked, await signIn(browser, asked, ada))
  const parameters = {
    id_token_hint: tokens.id_token ?? '',
    post_logout_redirect_uri: `${server.clients.harbour}/`,
    state: 's',
  }
  const page = await browser.get(oidc.buildEndSessionUrl(asked.config, parameters).href)
  const html = await page.text()
  const [, action = ''] = /action="([^"]+)"/.exec(html) ?? []
  const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(html) ?? []
  expect(new URL(action).origin).toBe(server.issuer)
  const done = await browser.postForm(action, { xsrf, logout: 'yes' })
  expect(done.headers.get('location')).toBe(`${server.clients.harbour}/?state=s`)

  const silent = await ask(server, 'harbour', { prompt: 'none' })
  const { url } = await browser.follow(silent.url)
  expect(new URL(url).searchParams.get('error')).toBe('login_required')
  await expect(oidc.refreshTokenGrant(asked.config, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
})

test('discovery tells what is there, and nothing that is not', async () => {
  const metadata = await (await fetch(`${server.issuer}/.well-known/openid-configuration`)).json()
  expect(metadata).toMatchObject({
    issuer: server.issuer,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    claims_parameter_supported: true,
    authorization_response_iss_parameter_supported: true,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
  })
  expect(metadata.acr_values_supported).toContain('urn:sallyport:acr:aal1')
  expect(metadata.registration_endpoint).toBeUndefined()
  const { keys } = await (await fetch(metadata.jwks_uri)).json()
  expect(keys.map((key: { alg: string }) => key.alg)).toEqual(['ES256', 'RS256'])
  expect(
    keys.flatMap((key: object) =>
      Object.keys(key).filter((name) => ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'].includes(name)),
    ),
  ).toEqual([])
})
