/** Scopes at one API, named by its resource indicator (RFC 8707 §2). */
export interface ApiScopes {
  readonly resource: string
  readonly scopes: readonly string[]
}

/** What a relying party may be told about somebody, and what it may do for them at which API. */
export interface Consent {
  /** Of OpenID Connect, and the operator's own: each releases claims. */
  readonly scopes: readonly string[]
  /** A scope here is allowed at this API alone. */
  readonly apis: readonly ApiScopes[]
}

const once = (names: readonly string[]) => [...new Set(names)]
const at = ({ apis }: Consent, resource: string) => apis.find((api) => api.resource === resource)

/** Whether all that is wanted is allowed. */
export const allows = (allowed: Consent, wanted: Consent): boolean =>
  wanted.scopes.every((scope) => allowed.scopes.includes(scope)) &&
  wanted.apis.every(({ resource, scopes }) => {
    const api = at(allowed, resource)
    return api !== undefined && scopes.every((scope) => api.scopes.includes(scope))
  })

/** Both together; each API once. */
export const joined = (one: Consent, other: Consent): Consent => ({
  scopes: once([...one.scopes, ...other.scopes]),
  apis: once([...one.apis, ...other.apis].map(({ resource }) => resource)).map((resource) => ({
    resource,
    scopes: once([...(at(one, resource)?.scopes ?? []), ...(at(other, resource)?.scopes ?? [])]),
  })),
})
