import type { Configuration } from 'oidc-provider'
import type { House } from '../house.ts'
import { isRegistered } from '../redirects.ts'
import { customClaims } from './custom.ts'
import { spokenIn, stands } from './relied.ts'

type FindAccount = NonNullable<Configuration['findAccount']>
type Token = Parameters<FindAccount>[2]
const redirectUriOf = (token: object) => ('redirectUri' in token ? token.redirectUri : undefined)
/** What an access token says of how somebody authenticated. */
const saidIn = (token: Token) =>
  token?.kind === 'AccessToken' ? ((token as { extra?: Record<string, unknown> }).extra ?? {}) : {}

/** A person, as the engine wants one: the claims of the scopes `profile`, `email` and `groups`. */
export const accountsOf =
  (house: House): FindAccount =>
  async (_ctx, id, token) => {
    const person = await house.store.people.get(id)
    if (!person || person.disabled) return undefined
    if (token && !(await stands(house, id, spokenIn(token)))) return undefined
    // A code that went to an address that is registered no more is nobody's to redeem.
    if (token?.kind === 'AuthorizationCode' && !isRegistered(house, token.clientId, redirectUriOf(token)))
      return undefined
    return {
      accountId: person.id,
      claims: (use, _scope, asked) => ({
        sub: person.id,
        preferred_username: person.username,
        ...(person.name === null ? {} : { name: person.name }),
        ...(person.email === null ? {} : { email: person.email }),
        groups: person.groups,
        ...customClaims(house.config, person),
        // Said at userinfo where the request asked for it there.
        ...(use === 'userinfo'
          ? Object.fromEntries(Object.entries(saidIn(token)).filter(([name]) => name in asked))
          : {}),
      }),
    }
  }
