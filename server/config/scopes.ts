import { z } from 'zod'
import type { YamlPath } from '../operator/yaml-file.ts'
import { word } from '../settings/scope-word.ts'

/** What OpenID Connect and we ourselves say under these names (OpenID Connect Core 1.0 §2 and §5.1). */
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

/** Scopes of an operator's own: the claims that they release, and what of a person those say. */
export const scopes = z.record(word, z.record(word, claim)).default({})
export type Scopes = z.output<typeof scopes>

/** The claims that each scope releases. */
export const claimsOf = ({ scopes }: { readonly scopes: Scopes }): Readonly<Record<string, readonly string[]>> => ({
  // Without this line neither acr nor amr would reach the ID token.
  openid: ['sub', 'acr', 'amr', 'auth_time'],
  profile: ['name', 'preferred_username'],
  email: ['email'],
  groups: ['groups'],
  ...Object.fromEntries(Object.entries(scopes).map(([scope, claims]) => [scope, Object.keys(claims)])),
})

/** No scope or claim of ours means something else than everybody expects, and no claim two things. */
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
