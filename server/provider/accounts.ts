import type { AuthorizationCode, Configuration, KoaContextWithOIDC, RefreshToken } from 'oidc-provider'
import type { AppContext } from '../context/app-context.ts'
import { isRegisteredRedirect } from '../context/redirects.ts'
import { customClaims } from './custom-claims.ts'
import { mayRefresh } from './refresh.ts'
import { claimsIn, isStillBacked } from './token-backing.ts'

type FindAccount = NonNullable<Configuration['findAccount']>
type Token = Parameters<FindAccount>[2]
/** What an access token says of how somebody authenticated. */
const saidIn = (token: Token) =>
  token?.kind === 'AccessToken' ? ((token as { extra?: Record<string, unknown> }).extra ?? {}) : {}

/** Whether a token may be used now: by what it rests on, and by what is in force for its kind. */
async function isGood(app: AppContext, ctx: KoaContextWithOIDC, account: string, token: NonNullable<Token>) {
  const rests = await isStillBacked(app, account, claimsIn(token))
  if (token.kind === 'RefreshToken') return mayRefresh(app, ctx, token as RefreshToken, rests)
  if (token.kind !== 'AuthorizationCode') return rests
  // A code that went to an address that is registered no more is nobody's to redeem.
  return rests && isRegisteredRedirect(app, token.clientId, (token as AuthorizationCode).redirectUri)
}

/** A person, as the engine wants one: the claims of the scopes `profile`, `email` and `groups`. */
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
        // Said at userinfo where the request asked for it there.
        ...(use === 'userinfo'
          ? Object.fromEntries(Object.entries(saidIn(token)).filter(([name]) => name in asked))
          : {}),
      }),
    }
  }
