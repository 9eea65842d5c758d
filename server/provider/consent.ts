import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { AuthorizationRequest } from '#shared/authorization-request.ts'
import { allows, type Consent } from '#shared/consent.ts'
import { claimsOf } from '../config/scopes.ts'
import type { AppContext } from '../context/app-context.ts'
import { allowedTo } from './stored-consents.ts'

const { Check, Prompt } = interactionPolicy

/**
 * The consent that a request needs: its scopes, each at the API that has it. A single claim stands for the scope that
 * releases it. An API is named also where none of its scopes is asked for: the request asks for a token for it.
 */
function askedIn(app: AppContext, { oidc }: KoaContextWithOIDC): Consent {
  const claims = [...oidc.requestParamClaims]
  const releasing = Object.entries(claimsOf(app.config)).filter(([, names]) =>
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

/** Whether a request is of a third party's client, and the person has not consented to all that it asks for. */
async function lacksConsent(app: AppContext, ctx: KoaContextWithOIDC): Promise<boolean> {
  const { clientId = '' } = ctx.oidc.client ?? {}
  if (!app.config.clients.get(clientId)?.third_party) return false
  const allowed = await allowedTo(app, ctx.oidc.session?.accountId ?? '', clientId)
  return !allows(allowed, askedIn(app, ctx))
}

/**
 * A third party's client that may ask nobody anything (`prompt=none`) learns whether somebody is signed in, and whether
 * they have consented; before that nothing of what a policy says of them (decision 30). Throws `login_required` or
 * `consent_required`.
 */
export async function refuseUntold(
  app: AppContext,
  ctx: KoaContextWithOIDC,
  { silent, subject }: AuthorizationRequest,
): Promise<void> {
  const { client, account } = ctx.oidc
  if (!silent || !app.config.clients.get(client?.clientId ?? '')?.third_party) return
  const isTheirs = account && (subject === null || subject === account.accountId)
  if (!isTheirs) throw new errors.LoginRequired()
  if (await lacksConsent(app, ctx)) throw new errors.ConsentRequired()
}

/**
 * The prompt for consent: a third party's client is told nothing that the person has not allowed; our own ask nobody.
 */
export const consentOf = (app: AppContext) =>
  new Prompt(
    { name: 'consent', requestable: true },
    async (ctx) => ({ ...askedIn(app, ctx) }),
    new Check('consent', 'the person has not allowed it', 'consent_required', (ctx) => lacksConsent(app, ctx)),
  )
