import { errors } from 'oidc-provider'
import type { Refusal } from '#shared/refusal.ts'

/** How a relying party is told that nobody was signed in for it. */
export function errorFor({ code }: Refusal): errors.OIDCProviderError {
  if (code === 'unmet' || code === 'not-enrolled')
    return new errors.UnmetAuthenticationRequirements('the requirements cannot be met')
  if (code === 'wrong-person') return new errors.LoginRequired('somebody else than the hinted person signed in')
  if (code === 'cancelled') return new errors.AccessDenied('the person cancelled the sign-in')
  return new errors.AccessDenied('the policy lets nobody in here')
}
