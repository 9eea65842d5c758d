import type { EventEmitter } from 'node:events'
import Provider, { type ClientMetadata, type Configuration, type KoaContextWithOIDC } from 'oidc-provider'
import type { Client } from '../config/load.ts'
import { claimsOf } from '../config/scopes.ts'
import { absoluteUrl } from '../context/absolute-url.ts'
import { type AppContext, clientOf } from '../context/app-context.ts'
import { subjectFor } from '../context/subjects.ts'
import { dropRest } from '../http/bytes.ts'
import { formsTo } from '../http/headers.ts'
import { fetchOutside } from '../http/outgoing.ts'
import { referenceOf } from '../operator/reference.ts'
import type { Keys } from '../secrets/keys.ts'
import { StoreLocked } from '../store/store-locked.ts'
import { accountsOf } from './accounts.ts'
import { adapterFor } from './adapter.ts'
import { resumedByItsBrowser } from './bound-browser.ts'
import { answerBusy, busyAfterAll } from './busy-answers.ts'
import { assertClaims } from './claims-parameter.ts'
import { slowSecrets } from './client-secrets.ts'
import { cookieSigner } from './cookies.ts'
import { interactionPolicyOf } from './interaction-policy.ts'
import { lenient } from './lenient-parameters.ts'
import { lifetimes, sessionSeconds } from './lifetimes.ts'
import { acrValuesOf, discovery, subjectTypesOf } from './metadata.ts'
import { errorPage, signedOutPage, signOutPage } from './pages.ts'
import { parameterBounds } from './parameter-bounds.ts'
import { getForPost } from './posted-requests.ts'
import { pushedAgain } from './pushed-requests.ts'
import { onlyRegistered } from './registered-redirects.ts'
import { answerUnknownTokens, askingResources, indicatorsOf, introspectionOf, saidInAccessTokens } from './resources.ts'

/** The engine's addresses; all others are ours. */
const routes = {
  authorization: '/auth',
  end_session: '/session/end',
  introspection: '/introspect',
  jwks: '/jwks',
  pushed_authorization_request: '/request',
  token: '/token',
  userinfo: '/me',
} as const
/** Whether an authorization, and with it a sign-in, begins at this path. */
export const isBeginning = (path: string): boolean =>
  path === routes.authorization || path === routes.pushed_authorization_request
/**
 * Whether a path is the engine's. None of its addresses ends with a slash: its router takes one that does for the same,
 * and the middleware around it does not.
 */
export const isEngines = (path: string): boolean =>
  path === '/.well-known/openid-configuration' ||
  Object.values(routes).some((route) => path === route || (path.startsWith(`${route}/`) && !path.endsWith('/')))

export function providerOf(app: AppContext, keys: Keys): Provider {
  const secure = app.issuer.protocol === 'https:'
  const cookie = { httpOnly: true, sameSite: 'lax', secure, signed: true, overwrite: true } as const
  const configuration: Configuration = {
    adapter: adapterFor(app),
    acrValues: acrValuesOf(app.config),
    // A public client in a browser fetches from its own origin.
    clientBasedCORS: (_ctx, origin, { clientAuthMethod, redirectUris = [] }) =>
      clientAuthMethod === 'none' && redirectUris.some((uri) => new URL(uri).origin === origin),
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    clients: [...[...app.config.clients.values()].map((client) => metadataOf(app, client)), ...askingResources(app)],
    jwks: keys.signing,
    claims: Object.fromEntries(Object.entries(claimsOf(app.config)).map(([scope, names]) => [scope, [...names]])),
    scopes: ['openid'],
    cookies: {
      keys: cookieSigner(keys.cookies),
      names: {
        session: secure ? '__Host-sallyport_session' : 'sallyport_session',
        interaction: secure ? '__Secure-sallyport_sign_in' : 'sallyport_sign_in',
        resume: secure ? '__Secure-sallyport_resume' : 'sallyport_resume',
      },
      long: cookie,
      short: cookie,
    },
    extraParams: parameterBounds,
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      claimsParameter: { enabled: true, assertClaimsParameter: assertClaims },
      introspection: introspectionOf(app),
      resourceIndicators: indicatorsOf(app),
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: signOutPage(app),
        postLogoutSuccessSource: signedOutPage(app),
      },
    },
    discovery,
    extraTokenClaims: saidInAccessTokens,
    fetch: async (...request) => {
      // Nobody is told of what may still be lost.
      await app.store.committed()
      return fetchOutside(app.config.outgoing.private_networks)(...request)
    },
    findAccount: accountsOf(app),
    interactions: { policy: interactionPolicyOf(app), url: (_ctx, interaction) => `/sign-in/${interaction.uid}` },
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    loadExistingGrant: grantEverything,
    pairwiseIdentifier: async (_ctx, account, { clientId }) => subjectFor(app, clientOf(app, clientId), account),
    pkce: { required: () => true },
    renderError: errorPage(app),
    responseTypes: ['code'],
    rotateRefreshToken: true,
    routes,
    // The operator registers clients, and vouches for their sectors; nothing is fetched.
    sectorIdentifierUriValidate: () => false,
    subjectTypes: subjectTypesOf(app.config),
    ttl: { ...lifetimes, Session: (_ctx, { loginTs }) => sessionSeconds(app, loginTs) },
  }
  const provider = new Provider(app.issuer.origin, configuration)
  // routes.ts makes Host and X-Forwarded-Proto say the issuer's, whatever the request said.
  provider.proxy = true
  provider.use(async (ctx, proceed) => {
    await proceed()
    await dropRest(ctx.req, ctx.res)
  })
  provider.use(busyAfterAll(app, errorPage(app)))
  // No answer leaves before what it says is committed.
  provider.use((_, proceed) => app.store.unit(proceed))
  provider.use(getForPost([routes.authorization, routes.end_session]))
  provider.use((ctx, proceed) => {
    if (isBeginning(ctx.path)) app.openings.spend(app.addressOf(ctx.req))
    return proceed()
  })
  provider.use(lenient({ authorization: routes.authorization, pushed: routes.pushed_authorization_request }))
  provider.use(pushedAgain(provider, routes.authorization))
  provider.use(resumedByItsBrowser(app, provider, routes.authorization))
  provider.use(onlyRegistered(app, provider, routes))
  const takeSecrets = [routes.token, routes.introspection, routes.pushed_authorization_request]
  provider.use(slowSecrets(app, provider, takeSecrets))
  provider.use(async (ctx, proceed) => {
    await proceed()
    const policy = ctx.response.get('content-security-policy')
    ctx.set('content-security-policy', formsTo(policy, originsAtHand(app, ctx as Partial<KoaContextWithOIDC>)))
  })
  const events: EventEmitter = provider
  events.on('error', (error: Error) => app.log.debug({ err: error }, 'a response was not delivered'))
  provider.on('backchannel.error', (_ctx, error, client) =>
    app.log.warn({ err: error, client: client.clientId }, 'a relying party was not told of a sign-out'),
  )
  provider.on('introspection.error', answerUnknownTokens)
  provider.on('server_error', (ctx, error) => {
    if (error instanceof StoreLocked) return answerBusy(ctx)
    app.log.error({ err: error, reference: referenceOf(error) }, 'the engine failed')
  })
  return provider
}

/**
 * The origins that the client at hand may be redirected to; before a sign-out is confirmed, its client stands in the
 * session.
 */
function originsAtHand(app: AppContext, { oidc }: Partial<KoaContextWithOIDC>): readonly string[] {
  const { clientId } = oidc?.session?.state ?? {}
  const client = app.config.clients.get(oidc?.client?.clientId ?? (typeof clientId === 'string' ? clientId : ''))
  const uris = [...(client?.redirect_uris ?? []), ...(client?.post_logout_redirect_uris ?? [])]
  return uris.map((uri) => new URL(absoluteUrl(app, uri)).origin)
}

/** The grant holds all that a request asks for: consent is asked and stored by our own prompt. */
async function grantEverything(ctx: KoaContextWithOIDC) {
  const { account, client, session, provider } = ctx.oidc
  if (!account || !client) return undefined
  const known = session?.grantIdFor(client.clientId)
  const existing = known ? await provider.Grant.find(known) : undefined
  const grant = existing ?? new provider.Grant({ accountId: account.accountId, clientId: client.clientId })
  grant.addOIDCScope([...ctx.oidc.requestParamOIDCScopes].join(' '))
  grant.addOIDCClaims([...ctx.oidc.requestParamClaims])
  for (const [indicator, server] of Object.entries(ctx.oidc.resourceServers ?? {}))
    grant.addResourceScope(
      indicator,
      [...ctx.oidc.requestParamScopes].filter((one) => server.scopes.has(one)).join(' '),
    )
  await grant.save()
  return grant
}

function metadataOf(app: AppContext, client: Client): ClientMetadata {
  const secret = client.client_secret?.reveal()
  return {
    client_id: client.client_id,
    client_name: client.client_name,
    ...(client.default_acr_values ? { default_acr_values: [...client.default_acr_values] } : {}),
    redirect_uris: client.redirect_uris.map((uri) => absoluteUrl(app, uri)),
    subject_type: client.subject_type,
    ...(client.sector_identifier_uri ? { sector_identifier_uri: client.sector_identifier_uri } : {}),
    post_logout_redirect_uris: (client.post_logout_redirect_uris ?? []).map((uri) => absoluteUrl(app, uri)),
    ...(client.backchannel_logout_uri
      ? {
          backchannel_logout_uri: absoluteUrl(app, client.backchannel_logout_uri),
          backchannel_logout_session_required: true,
        }
      : {}),
    response_types: ['code'],
    grant_types: client.grant_types,
    id_token_signed_response_alg: client.id_token_signed_response_alg,
    token_endpoint_auth_method: client.token_endpoint_auth_method ?? (secret ? 'client_secret_basic' : 'none'),
    ...(secret ? { client_secret: secret } : {}),
  }
}
