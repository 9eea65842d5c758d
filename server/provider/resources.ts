import { type AccessToken, type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { AppContext } from '../context/app-context.ts'
import { claimsIn, isStillBacked } from './token-backing.ts'

type Features = NonNullable<Configuration['features']>

/** The claims of an access token about how somebody authenticated, from its code or refresh token (RFC 9068 §2.2.1). */
export function saidInAccessTokens({ oidc }: KoaContextWithOIDC): Record<string, unknown> {
  const { acr, amr, authTime } = oidc.entities.AuthorizationCode ?? oidc.entities.RefreshToken ?? {}
  return { acr, amr, auth_time: authTime }
}

/** Access tokens for the APIs that a client is registered for (RFC 8707). */
export const indicatorsOf = ({ config }: AppContext) =>
  ({
    enabled: true,
    async getResourceServerInfo(_ctx, indicator, { clientId }) {
      const resource = config.resources.get(indicator)
      const isAllowed = config.clients.get(clientId)?.resources.includes(indicator)
      if (!resource || !isAllowed) throw new errors.InvalidTarget()
      const { scopes, access_token: accessTokenFormat, alg } = resource
      return { scope: scopes.join(' '), audience: indicator, accessTokenFormat, jwt: { sign: { alg } } }
    },
  }) as const satisfies Features['resourceIndicators']

/** An API introspects the tokens that are for it, and a confidential client its own (RFC 7662 §2.1). */
export const introspectionOf = (app: AppContext) =>
  ({
    enabled: true,
    async allowedPolicy(_ctx, client, token) {
      const { aud, accountId } = token as AccessToken
      const api = typeof aud === 'string' ? app.config.resources.get(aud) : null
      const isTheirs = api
        ? api.introspection?.client_id === client.clientId
        : token.clientId === client.clientId && client.clientAuthMethod !== 'none'
      return isTheirs && isStillBacked(app, accountId, claimsIn(token))
    },
  }) as const satisfies Features['introspection']

/** A token that we do not know, such as a JWT, is not active, and no error (RFC 7662 §2.2). */
export function answerUnknownTokens(ctx: KoaContextWithOIDC, error: Error): void {
  if (!(error instanceof errors.UnsupportedTokenType)) return
  ctx.status = 200
  ctx.body = { active: false }
}

/** The APIs that introspect, as clients of the engine that nobody can sign in at. */
export const askingResources = ({ config }: AppContext) =>
  [...config.resources.values()].flatMap(({ introspection }) =>
    introspection
      ? [
          {
            client_id: introspection.client_id,
            client_secret: introspection.client_secret.reveal(),
            redirect_uris: [],
            response_types: [],
            grant_types: [],
          },
        ]
      : [],
  )
