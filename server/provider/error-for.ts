import { errors } from 'oidc-provider'
import type { Refusal } from '#shared/refusal.ts'

/** The error response for a refusal that ends the sign-in without a token. */
export function errorFor({ code }: Refusal): errors.OIDCProviderError {
  if (code === 'unmet' || code === 'not-enrolled')
    return new errors.UnmetAuthenticationRequirements('the requirements cannot be met')
  if (code === 'wrong-person') return new errors.LoginRequired('somebody else than the hinted person signed in')
  if (code === 'cancelled') return new errors.AccessDenied('the person cancelled the sign-in')
  return new errors.AccessDenied('the policy lets nobody in here')
}
