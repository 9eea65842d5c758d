import { errors, type KoaContextWithOIDC, type RefreshToken } from 'oidc-provider'
import { allows } from '#shared/consent.ts'
import { nextAtRefresh } from '#shared/policy/engine/next-at-refresh.ts'
import type { Client } from '../config/load.ts'
import { claimsOf } from '../config/scopes.ts'
import { type AppContext, clientOf } from '../context/app-context.ts'
import { loadFacts } from '../evidence/facts.ts'
import { allowedTo } from './stored-consents.ts'
import { circumstancesOf, claimsIn } from './token-backing.ts'

/**
 * Whether a refresh token may be used: what backs it exists, the evidence of its session meets the policy in force, and
 * the person still allows what it is for. A refusal is logged with its reason. Throws `invalid_target` for an API that
 * it cannot give a token for, before the engine has spent it (RFC 8707 §2.2).
 */
export async function mayRefresh(
  app: AppContext,
  { oidc }: KoaContextWithOIDC,
  token: RefreshToken,
  rests: boolean,
): Promise<boolean> {
  // A token that is used again is the engine's to answer: it ends the whole grant.
  if (token.consumed) return true
  const client = clientOf(app, token.clientId ?? '')
  const resource = targetOf(app, client, token, oidc.params?.resource)
  const why = rests
    ? ((await refusedByPolicy(app, client, token)) ?? (await notAllowed(app, client, token, resource)))
    : { why: 'gone' }
  if (why === null) return true
  app.log.info({ client: client.client_id, account: token.accountId, ...why }, 'a refresh was refused')
  return false
}

/** The API that the access token is for, as the engine will find it; null for userinfo. */
function targetOf({ config }: AppContext, { resources }: Client, token: RefreshToken, asked: unknown): string | null {
  const wanted = asked || (token.scopes.has('openid') ? undefined : token.resource)
  if (wanted === undefined) return null
  if (typeof wanted !== 'string') throw new errors.InvalidTarget('a refresh is for one resource')
  const isTheirs = token.resourceIndicators.has(wanted) && resources.includes(wanted) && config.resources.has(wanted)
  if (!isTheirs) throw new errors.InvalidTarget()
  return wanted
}

type Why = { readonly why: string; readonly policy?: string }

/** Why the policy in force refuses, else null. The person is absent: the circumstances of the last issue count. */
async function refusedByPolicy(app: AppContext, client: Client, token: RefreshToken): Promise<Why | null> {
  const { accountId: account, sessionUid: session = null } = token
  const { address, browser } = await circumstancesOf(app, claimsIn(token))
  const who = { named: true, account, session, signIn: null, address, signedBefore: [], devices: [] }
  const { facts } = await loadFacts(app, client, who)
  const decision = nextAtRefresh(client.clientRules, client.client_id, { ...facts, browser })
  if (decision.is === 'done') return null
  return { why: decision.is === 'refuse' ? decision.why.code : decision.is, policy: client.policyHash }
}

/** Why a third party's client lacks consent for its scopes and its API, as the person allows it now; else null. */
async function notAllowed(
  app: AppContext,
  client: Client,
  token: RefreshToken,
  resource: string | null,
): Promise<Why | null> {
  if (!client.third_party) return null
  const claims = claimsOf(app.config)
  const api = resource === null ? undefined : app.config.resources.get(resource)
  const wanted = {
    scopes: [...token.scopes].filter((scope) => Object.hasOwn(claims, scope)),
    apis:
      resource === null || !api
        ? []
        : [{ resource, scopes: [...token.scopes].filter((scope) => api.scopes.includes(scope)) }],
  }
  return allows(await allowedTo(app, token.accountId, client.client_id), wanted) ? null : { why: 'not-allowed' }
}
