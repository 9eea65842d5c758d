/** What the relying party requires of this authorization (OpenID Connect Core 1.0 §3.1.2.1 and §5.5.1.1). */
export interface AuthorizationRequest {
  readonly client: string
  /** `acr_values`, in order of preference. */
  readonly acrValues: readonly string[]
  /** The values of an essential `acr` in the `claims` parameter; null without an essential `acr`. */
  readonly essentialAcr: readonly string[] | null
  readonly maxAgeSeconds: number | null
  /** `prompt=login`: nothing proven earlier counts. */
  readonly fresh: boolean
  /** `prompt=none`: nobody may be asked anything. */
  readonly silent: boolean
  readonly loginHint: string | null
  /** The only person whose sign-in answers this request (`id_token_hint`, or `sub` in `claims`). */
  readonly subject: string | null
}

type Parameters = Readonly<Record<string, unknown>>
const once = (values: readonly string[]): readonly string[] => [...new Set(values)]
const words = (value: unknown) => (typeof value === 'string' ? value.split(' ').filter(Boolean) : [])

/** Reads an authorization request from its parameters. The engine has checked that the `claims` parameter is JSON. */
export function requestFrom(client: string, parameters: Parameters, subject: string | null): AuthorizationRequest {
  const prompts = words(parameters.prompt)
  const maxAge = parameters.max_age
  return {
    client,
    // Repeated values count once: each value costs another search, and a request can repeat values many times.
    acrValues: once(words(parameters.acr_values)),
    essentialAcr: typeof parameters.claims === 'string' ? essentialAcrIn(JSON.parse(parameters.claims)) : null,
    maxAgeSeconds: maxAge === undefined || maxAge === null ? null : Number(maxAge),
    fresh: prompts.includes('login'),
    silent: prompts.includes('none'),
    loginHint: typeof parameters.login_hint === 'string' ? parameters.login_hint : null,
    subject,
  }
}

function essentialAcrIn(claims: { id_token?: { acr?: { essential?: unknown; value?: unknown; values?: unknown } } }) {
  const acr = claims.id_token?.acr
  if (acr?.essential !== true) return null
  if (Array.isArray(acr.values)) return once(acr.values.filter((value) => typeof value === 'string'))
  return typeof acr.value === 'string' ? [acr.value] : null
}
