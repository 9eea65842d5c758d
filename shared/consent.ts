/** Scopes at one API, named by its resource indicator (RFC 8707 §2). */
export interface ApiScopes {
  readonly resource: string
  readonly scopes: readonly string[]
}

/** The scopes that a person allows a relying party: which claims it receives, and what it may do at which API. */
export interface Consent {
  /** Scopes of OpenID Connect and the operator's own; each releases claims. */
  readonly scopes: readonly string[]
  /** Scopes by API; a scope is allowed at its own API alone. */
  readonly apis: readonly ApiScopes[]
}

const once = (names: readonly string[]) => [...new Set(names)]
const at = ({ apis }: Consent, resource: string) => apis.find((api) => api.resource === resource)

/** Whether every wanted scope is allowed. */
export const allows = (allowed: Consent, wanted: Consent): boolean =>
  wanted.scopes.every((scope) => allowed.scopes.includes(scope)) &&
  wanted.apis.every(({ resource, scopes }) => {
    const api = at(allowed, resource)
    return api !== undefined && scopes.every((scope) => api.scopes.includes(scope))
  })

/** The union of two consents, with each API once. */
export const joined = (one: Consent, other: Consent): Consent => ({
  scopes: once([...one.scopes, ...other.scopes]),
  apis: once([...one.apis, ...other.apis].map(({ resource }) => resource)).map((resource) => ({
    resource,
    scopes: once([...(at(one, resource)?.scopes ?? []), ...(at(other, resource)?.scopes ?? [])]),
  })),
})
