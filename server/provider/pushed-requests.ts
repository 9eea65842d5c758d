import { decodeJwt } from 'jose'
import type { Context, Next } from 'koa'
import type Provider from 'oidc-provider'

const prefix = 'urn:ietf:params:oauth:request_uri:'

/**
 * A pushed request that is over (RFC 9126 §2.2: used, or a minute old) and is opened again, from a history or a
 * bookmark: the error goes to its own redirect URI, with its `state` (RFC 6749 §4.1.2.1), and not to a page as if it
 * had had none.
 */
export const pushedAgain = (provider: Provider, path: string) => async (ctx: Context, proceed: Next) => {
  const { request_uri: uri, client_id } = ctx.query
  if (ctx.method === 'GET' && ctx.path === path && typeof uri === 'string' && uri.startsWith(prefix)) {
    const found = await provider.PushedAuthorizationRequest.find(uri.slice(prefix.length), { ignoreExpiration: true })
    const pushed = found && !found.isValid ? decodeJwt(found.request) : null
    // The engine checks that the redirect URI is the client's.
    if (pushed && pushed.client_id === client_id)
      for (const name of ['redirect_uri', 'state', 'response_mode'])
        if (typeof pushed[name] === 'string') ctx.query = { ...ctx.query, [name]: pushed[name] }
  }
  return proceed()
}
