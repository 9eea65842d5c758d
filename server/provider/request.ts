import type { KoaContextWithOIDC } from 'oidc-provider'
import { clientOf, type House } from '../context/app-context.ts'
import { askFrom } from './ask.ts'

/** Who asks for what in the authorization at hand, and who is signed in in its session. */
export function requestOf(house: House, { oidc }: KoaContextWithOIDC) {
  const client = clientOf(house, oidc.client?.clientId ?? '')
  return { client, ask: askFrom(house, client, oidc.params ?? {}), account: oidc.session?.accountId ?? null }
}

/** The hash of the policy that judged the sign-in that this request comes from. */
export const policyOf = ({ oidc: { result } }: KoaContextWithOIDC): string | undefined =>
  typeof result?.policy === 'string' ? result.policy : undefined
