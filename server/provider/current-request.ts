import type { KoaContextWithOIDC } from 'oidc-provider'
import { type AppContext, clientOf } from '../context/app-context.ts'
import { parseRequest } from './parse-request.ts'

/** Who asks for what in the authorization at hand, and who is signed in in its session. */
export function requestOf(app: AppContext, { oidc }: KoaContextWithOIDC) {
  const client = clientOf(app, oidc.client?.clientId ?? '')
  return { client, ask: parseRequest(app, client, oidc.params ?? {}), account: oidc.session?.accountId ?? null }
}

/** The hash of the rules that judged the sign-in that this request comes from. */
export const rulesHashOf = ({ oidc: { result } }: KoaContextWithOIDC): string | undefined =>
  typeof result?.rulesHash === 'string' ? result.rulesHash : undefined
