import { z } from 'zod'
import type { YamlPath } from '../operator/yaml-file.ts'
import { word } from '../settings/scope-word.ts'

/** Names of scopes and claims that OpenID Connect and we ourselves use (OpenID Connect Core 1.0 §2 and §5.1). */
const ours = {
  scopes: ['openid', 'profile', 'email', 'groups', 'offline_access', 'address', 'phone'],
  claims: [
    ...['sub', 'iss', 'aud', 'exp', 'iat', 'nbf', 'jti', 'nonce', 'azp', 'sid', 'acr', 'amr', 'auth_time', 'at_hash'],
    ...['c_hash', 's_hash', 'name', 'preferred_username', 'email', 'groups', 'cnf', 'scope', 'client_id', 'events'],
  ],
}

const claim = z
  .union([
    z.strictObject({ attribute: z.string().min(1) }),
    z.strictObject({ groups: z.union([z.literal('all'), z.record(z.string(), z.string())]) }),
  ])
  .describe('{ attribute: NAME } of the person, or { groups: { GROUP: WORD } }, or { groups: all }')

/** The operator's own scopes: the claims that they release, and the part of a person that each claim says. */
export const scopes = z.record(word, z.record(word, claim)).default({})
export type Scopes = z.output<typeof scopes>

/** The claims that each scope releases. */
export const claimsOf = ({ scopes }: { readonly scopes: Scopes }): Readonly<Record<string, readonly string[]>> => ({
  // acr and amr reach the ID token by this line alone.
  openid: ['sub', 'acr', 'amr', 'auth_time'],
  profile: ['name', 'preferred_username'],
  email: ['email'],
  groups: ['groups'],
  ...Object.fromEntries(Object.entries(scopes).map(([scope, claims]) => [scope, Object.keys(claims)])),
})

/** Reports scopes and claims that would give a known name another meaning, and claims with two meanings. */
export function checkScopes(
  written: Scopes,
  resources: Readonly<Record<string, { readonly scopes: readonly string[] }>>,
  report: (path: YamlPath, message: string) => void,
): void {
  const taken = [...ours.scopes, ...Object.values(resources).flatMap((one) => one.scopes)]
  const seen = new Map<string, string>()
  for (const [scope, claims] of Object.entries(written)) {
    if (taken.includes(scope)) report(['scopes', scope], `There is a scope "${scope}" already.`)
    for (const [name, from] of Object.entries(claims)) {
      const meaning = JSON.stringify(from)
      if (ours.claims.includes(name) || (seen.get(name) ?? meaning) !== meaning)
        report(['scopes', scope, name], `There is a claim "${name}" already.`)
      seen.set(name, meaning)
    }
  }
}
