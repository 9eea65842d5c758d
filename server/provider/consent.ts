import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { Client, Config } from '../config/load.ts'
import type { House } from '../house.ts'

const { Check, Prompt } = interactionPolicy
const kind = 'Consent'
const keptMs = 365 * 86_400_000
const idOf = (account: string, client: string) => JSON.stringify([account, client])

/** The claims that each scope releases. */
export const claimsOf = ({ scopes }: Pick<Config, 'scopes'>): Readonly<Record<string, readonly string[]>> => ({
  // Without this line neither acr nor amr would reach the ID token.
  openid: ['sub', 'acr', 'amr', 'auth_time'],
  profile: ['name', 'preferred_username'],
  email: ['email'],
  groups: ['groups'],
  ...Object.fromEntries(Object.entries(scopes).map(([scope, claims]) => [scope, Object.keys(claims)])),
})

/** What a request asks to be told and allowed, as scopes; a single claim stands for the scope that releases it. */
function askedIn(house: House, { oidc }: KoaContextWithOIDC): readonly string[] {
  const claims = [...oidc.requestParamClaims]
  const releasing = Object.entries(claimsOf(house.config)).filter(([, names]) =>
    names.some((name) => claims.includes(name)),
  )
  const servers = Object.values(oidc.resourceServers ?? {})
  const allowed = [...oidc.requestParamScopes].filter((scope) => servers.some((server) => server.scopes.has(scope)))
  return [...new Set(['openid', ...oidc.requestParamOIDCScopes, ...releasing.map(([scope]) => scope), ...allowed])]
}

async function allowedTo({ store, now }: House, account: string, client: string): Promise<readonly string[]> {
  const found = await store.documents.get(kind, idOf(account, client))
  return found && found.expiresAt > now().getTime() ? (found.value.scopes as readonly string[]) : []
}

/** Remembers for a year what somebody allows a relying party to be told. */
export async function allow(house: House, account: string, { client_id }: Client, scopes: readonly string[]) {
  const all = [...new Set([...(await allowedTo(house, account, client_id)), ...scopes])]
  const until = house.now().getTime() + keptMs
  await house.store.documents.put(kind, idOf(account, client_id), { scopes: all }, until, { account })
}

/** Somebody else's relying party is told nothing that the person has not allowed; our own ask nobody. */
export const consentOf = (house: House) =>
  new Prompt(
    { name: 'consent', requestable: true },
    async (ctx) => ({ scopes: askedIn(house, ctx) }),
    new Check('consent', 'the person has not allowed it', 'consent_required', async (ctx) => {
      const { clientId = '' } = ctx.oidc.client ?? {}
      if (!house.config.clients.get(clientId)?.third_party) return false
      const allowed = await allowedTo(house, ctx.oidc.session?.accountId ?? '', clientId)
      return askedIn(house, ctx).some((scope) => !allowed.includes(scope))
    }),
  )
