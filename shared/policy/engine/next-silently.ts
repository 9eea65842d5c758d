import type { AuthorizationRequest } from '../../authorization-request.ts'
import { acrOf, asksForAcr, requestedValues } from './acr-filter.ts'
import type { ClientRules } from './client-rules.ts'
import { decide, decideUnnarrowed, isVoluntary } from './decide.ts'
import type { Facts } from './facts.ts'
import { type Next, next, nextOf } from './next.ts'

/**
 * The decision for `prompt=none`, when the person may not be asked anything: a voluntary client does without its acr
 * values, and a strict client whose person lacks just these is refused with `unmet` (OpenID Connect Unmet
 * Authentication Requirements 1.0).
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

/** Whether evidence counts in every world, and gives a requested value in none. */
function lacksAcr(clientRules: ClientRules, request: AuthorizationRequest, facts: Facts): boolean {
  const wanted = requestedValues(request, clientRules.vocabulary)
  const counting = decide(clientRules, request, facts).worlds.map(({ evidence }) => evidence)
  return counting.every((evidence) => evidence.length > 0 && acrOf(wanted, evidence, facts.now) === null)
}
