import type { KoaContextWithOIDC } from 'oidc-provider'
import { type AppContext, clientOf } from '../context/app-context.ts'
import { parseRequest } from './parse-request.ts'

/** The client and the request of the authorization at hand, and the account that is signed in in its session. */
export function requestOf(app: AppContext, { oidc }: KoaContextWithOIDC) {
  const client = clientOf(app, oidc.client?.clientId ?? '')
  return { client, request: parseRequest(app, client, oidc.params ?? {}), account: oidc.session?.accountId ?? null }
}

/** The hash of the client's rules that decided the sign-in which resumed this authorization. */
export const rulesHashOf = ({ oidc: { result } }: KoaContextWithOIDC): string | undefined =>
  typeof result?.rulesHash === 'string' ? result.rulesHash : undefined
