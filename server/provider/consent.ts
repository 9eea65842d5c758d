import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { Ask } from '#shared/ask.ts'
import { type Consent, covers } from '#shared/consent.ts'
import { claimsOf } from '../config/scopes.ts'
import type { House } from '../context/app-context.ts'
import { allowedTo } from './stored-consents.ts'

const { Check, Prompt } = interactionPolicy

/**
 * What a request asks to be told and allowed: scopes, each at the API that has it. A single claim stands for the scope
 * that releases it. An API is named also where none of its scopes is asked for: a token for it is asked for.
 */
function askedIn(house: House, { oidc }: KoaContextWithOIDC): Consent {
  const claims = [...oidc.requestParamClaims]
  const releasing = Object.entries(claimsOf(house.config)).filter(([, names]) =>
    names.some((name) => claims.includes(name)),
  )
  const apis = Object.entries(oidc.resourceServers ?? {}).map(([resource, server]) => ({
    resource,
    scopes: [...oidc.requestParamScopes].filter((scope) => server.scopes.has(scope)),
  }))
  return {
    scopes: [...new Set(['openid', ...oidc.requestParamOIDCScopes, ...releasing.map(([scope]) => scope)])],
    apis,
  }
}

/** Whether the relying party of a request is somebody else's, and the person has not allowed it all that it asks for. */
async function lacksConsent(house: House, ctx: KoaContextWithOIDC): Promise<boolean> {
  const { clientId = '' } = ctx.oidc.client ?? {}
  if (!house.config.clients.get(clientId)?.third_party) return false
  const allowed = await allowedTo(house, ctx.oidc.session?.accountId ?? '', clientId)
  return !covers(allowed, askedIn(house, ctx))
}

/**
 * Somebody else's relying party that may ask nobody anything (`prompt=none`) learns whether somebody is signed in, and
 * whether they have allowed it what it asks for; of what a policy says of them nothing before that (decision 30).
 */
export async function refuseUntold(house: House, ctx: KoaContextWithOIDC, { silent, subject }: Ask): Promise<void> {
  const { client, account } = ctx.oidc
  if (!silent || !house.config.clients.get(client?.clientId ?? '')?.third_party) return
  const isTheirs = account && (subject === null || subject === account.accountId)
  if (!isTheirs) throw new errors.LoginRequired()
  if (await lacksConsent(house, ctx)) throw new errors.ConsentRequired()
}

/** Somebody else's relying party is told nothing that the person has not allowed; our own ask nobody. */
export const consentOf = (house: House) =>
  new Prompt(
    { name: 'consent', requestable: true },
    async (ctx) => ({ ...askedIn(house, ctx) }),
    new Check('consent', 'the person has not allowed it', 'consent_required', (ctx) => lacksConsent(house, ctx)),
  )
