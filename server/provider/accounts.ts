import type { AuthorizationCode, Configuration, KoaContextWithOIDC, RefreshToken } from 'oidc-provider'
import type { AppContext } from '../context/app-context.ts'
import { isRegisteredRedirect } from '../context/redirects.ts'
import { customClaims } from './custom-claims.ts'
import { mayRefresh } from './refresh.ts'
import { claimsIn, isStillBacked } from './token-backing.ts'

type FindAccount = NonNullable<Configuration['findAccount']>
type Token = Parameters<FindAccount>[2]
/** The claims in an access token about how somebody authenticated. */
const saidIn = (token: Token) =>
  token?.kind === 'AccessToken' ? ((token as { extra?: Record<string, unknown> }).extra ?? {}) : {}

/** Whether a token may be used now: what backs it still exists, and the rules in force for its kind admit it. */
async function isGood(app: AppContext, ctx: KoaContextWithOIDC, account: string, token: NonNullable<Token>) {
  const rests = await isStillBacked(app, account, claimsIn(token))
  if (token.kind === 'RefreshToken') return mayRefresh(app, ctx, token as RefreshToken, rests)
  if (token.kind !== 'AuthorizationCode') return rests
  // A code that went to a redirect URI which is registered no more cannot be redeemed.
  return rests && isRegisteredRedirect(app, token.clientId, (token as AuthorizationCode).redirectUri)
}

/**
 * A person as the engine's account: the claims of `profile`, `email`, `groups` and the operator's own scopes. Undefined
 * where nobody has the id, for a disabled person, and for a token that may not be used.
 */
export const accountsOf =
  (app: AppContext): FindAccount =>
  async (ctx, id, token) => {
    const person = await app.store.people.get(id)
    if (!person || person.disabled) return undefined
    if (token && !(await isGood(app, ctx, id, token))) return undefined
    return {
      accountId: person.id,
      claims: (use, _scope, asked) => ({
        sub: person.id,
        preferred_username: person.username,
        ...(person.name === null ? {} : { name: person.name }),
        ...(person.email === null ? {} : { email: person.email }),
        groups: person.groups,
        ...customClaims(app.config, person),
        // Authentication claims are given at userinfo where the request asked for them there.
        ...(use === 'userinfo'
          ? Object.fromEntries(Object.entries(saidIn(token)).filter(([name]) => name in asked))
          : {}),
      }),
    }
  }
