import * as client from 'openid-client'

/** A sign-in that was asked for: where the browser goes, and what is compared when it comes back. */
export interface Asked {
  readonly url: URL
  readonly checks: client.AuthorizationCodeGrantChecks
}

interface Settings {
  readonly config: client.Configuration
  readonly redirectUri: string
  readonly scope: string
  /** The API's address (RFC 8707). */
  readonly resource: string
}

/** Asks for a sign-in; `more` is what an API wants of it. */
export async function ask({ config, redirectUri, scope, resource }: Settings, more: StepUp = {}): Promise<Asked> {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const checks = { pkceCodeVerifier, expectedState: client.randomState(), expectedNonce: client.randomNonce() }
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope,
    resource,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...more,
  })
  return { url, checks }
}

/** The access token for the API, from where the browser came back to. */
export async function redeem({ config, resource }: Settings, { checks }: Asked, cameBack: URL): Promise<string> {
  const tokens = await client.authorizationCodeGrant(config, cameBack, checks, { resource })
  return tokens.access_token
}

export interface StepUp extends Readonly<Record<string, string>> {}

/** What a 401 asks for (RFC 9470 §3); null when it is about something else. */
export function stepUpIn(response: Response): StepUp | null {
  const challenge = response.headers.get('www-authenticate') ?? ''
  const parameters = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  )
  if (response.status !== 401 || parameters.error !== 'insufficient_user_authentication') return null
  const { acr_values, max_age } = parameters
  return { ...(acr_values ? { acr_values } : {}), ...(max_age ? { max_age } : {}) }
}
