import * as oidc from 'openid-client'
import type { BenchRun } from '#shared/wire/bench.ts'

/** The authorization request as the tester chose it; an empty parameter is not sent. */
export interface Wish {
  readonly client: string
  readonly acr_values: string
  readonly prompt: string
  readonly max_age: string
  readonly login_hint: string
}

interface Pending {
  readonly wish: Wish
  readonly verifier: string
  readonly nonce: string
  readonly state: string
}

export type Result =
  | {
      readonly ok: false
      readonly wish: Wish
      readonly error: string
      readonly description: string | null
      /** The run in the server's log; null when no request was made. */
      readonly run: BenchRun | null
    }
  | {
      readonly ok: true
      readonly wish: Wish
      readonly header: { readonly alg?: string; readonly kid?: string }
      readonly claims: Readonly<Record<string, unknown>>
      readonly idToken: string
      readonly userinfo: Readonly<Record<string, unknown>>
      readonly run: BenchRun | null
    }

const callback = '/bench/callback'

/** Configures a public client of the bench, which checks each ID token's signature against the published keys. */
export const discover = (client: string, alg: string): Promise<oidc.Configuration> =>
  oidc.discovery(new URL(location.origin), client, { id_token_signed_response_alg: alg }, oidc.None(), {
    execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
  })

/** The parameters of the authorization request, without the random ones. */
export const parametersOf = (wish: Wish): Record<string, string> => {
  const { client, ...asked } = wish
  const sent = Object.entries(asked).filter(([, value]) => value.trim() !== '')
  return {
    client_id: client,
    response_type: 'code',
    scope: 'openid profile email groups',
    redirect_uri: new URL(callback, location.origin).href,
    ...Object.fromEntries(sent),
  }
}

/** Begins an authorization code request with PKCE (RFC 7636), which leaves the page. */
export async function beginRequest(wish: Wish, alg: string): Promise<void> {
  const config = await discover(wish.client, alg)
  const pending: Pending = {
    wish,
    verifier: oidc.randomPKCECodeVerifier(),
    nonce: oidc.randomNonce(),
    state: oidc.randomState(),
  }
  sessionStorage.setItem(`pending ${pending.state}`, JSON.stringify({ ...pending, alg }))
  const url = oidc.buildAuthorizationUrl(config, {
    ...parametersOf(wish),
    code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
    nonce: pending.nonce,
    state: pending.state,
  })
  location.assign(url)
}

/** Redeems the answer at the callback; returns the result's nonce, for {@link resultOf}, or null without a request. */
export async function finish(url: URL): Promise<string | null> {
  const key = `pending ${url.searchParams.get('state')}`
  const kept = sessionStorage.getItem(key)
  if (!kept) return null
  sessionStorage.removeItem(key)
  const pending: Pending & { readonly alg: string } = JSON.parse(kept)
  const result = await redeem(url, pending, pending.alg)
  sessionStorage.setItem(`result ${pending.nonce}`, JSON.stringify(result))
  return pending.nonce
}

export function resultOf(nonce: string): Result | null {
  const kept = sessionStorage.getItem(`result ${nonce}`)
  return kept ? JSON.parse(kept) : null
}

async function redeem(url: URL, { wish, verifier, nonce, state }: Pending, alg: string): Promise<Result> {
  const failed = (error: string, description: string | null, run: BenchRun | null): Result => ({
    ok: false,
    wish,
    error,
    description,
    run,
  })
  try {
    const config = await discover(wish.client, alg)
    const checks = { pkceCodeVerifier: verifier, expectedNonce: nonce, expectedState: state, idTokenExpected: true }
    const tokens = await oidc.authorizationCodeGrant(config, url, checks)
    const claims = tokens.claims()
    if (!claims || !tokens.id_token) throw new Error('No ID token came back.')
    const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub)
    const header = JSON.parse(atob((tokens.id_token.split('.')[0] ?? '').replaceAll('-', '+').replaceAll('_', '/')))
    return { ok: true, wish, header, claims, idToken: tokens.id_token, userinfo, run: await runOf(wish, nonce) }
  } catch (error) {
    if (error instanceof oidc.AuthorizationResponseError)
      return failed(error.error, error.error_description ?? null, await runOf(wish, nonce))
    return failed('client_error', error instanceof Error ? error.message : null, null)
  }
}

async function runOf(wish: Wish, nonce: string): Promise<BenchRun | null> {
  const asked = new URLSearchParams(parametersOf(wish))
  const found = await fetch(`/bench/api/runs/${encodeURIComponent(wish.client)}/${nonce}?${asked}`)
  return found.ok ? found.json() : null
}

export const signOutUrl = (idToken: string): string => {
  const url = new URL('/session/end', location.origin)
  url.searchParams.set('id_token_hint', idToken)
  url.searchParams.set('post_logout_redirect_uri', new URL('/bench', location.origin).href)
  return url.href
}
