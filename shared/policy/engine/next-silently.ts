import type { AuthorizationRequest } from '../../authorization-request.ts'
import { acrOf, asksForAcr, requestedValues } from './acr-filter.ts'
import type { ClientRules } from './client-rules.ts'
import { decide, decideUnnarrowed, isVoluntary } from './decide.ts'
import type { Facts } from './facts.ts'
import { type Next, next, nextOf } from './next.ts'

/**
 * The same where nobody may be asked anything (`prompt=none`): a voluntary client does without what it would have liked,
 * and a strict one whose person lacks just that is told so (OpenID Connect Unmet Authentication Requirements 1.0).
 */
export function nextSilently(clientRules: ClientRules, request: AuthorizationRequest, facts: Facts): Next {
  const decision = next(clientRules, request, facts)
  if (decision.is === 'done' || !asksForAcr(request)) return decision
  const plain = nextOf(decideUnnarrowed(clientRules, request, facts), facts)
  if (isVoluntary(clientRules, request)) return plain
  if (decision.is === 'refuse') return decision
  const lacking = plain.is === 'done' || lacksAcr(clientRules, request, facts)
  return lacking ? { is: 'refuse', why: { code: 'unmet' }, missing: [] } : decision
}

/** Whether something counts, and none of it gives a value that is asked for. */
function lacksAcr(clientRules: ClientRules, request: AuthorizationRequest, facts: Facts): boolean {
  const wanted = requestedValues(request, clientRules.vocabulary)
  const counting = decide(clientRules, request, facts).worlds.map(({ evidence }) => evidence)
  return counting.every((evidence) => evidence.length > 0 && acrOf(wanted, evidence, facts.now) === null)
}
