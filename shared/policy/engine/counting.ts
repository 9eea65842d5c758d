import type { AuthorizationRequest } from '../../authorization-request.ts'
import type { Evidence } from '../../evidence.ts'
import { type FactorId, traitsOf } from '../../factors/table.ts'
import type { Spans } from '../rules/policy.ts'

/** Why something that was proven does not count for a request. */
export type Discarded =
  | 'somebody-else'
  | 'authenticator-gone'
  | 'prompt-login'
  | 'max-age'
  | 'acr-age'
  | 'reuse'
  | 'fresh'
  | 'never-fresh'
  | 'renew'
  | 'proven-again'

/** What a request and a policy make of the age of proofs. */
export interface Ages {
  readonly request: Pick<AuthorizationRequest, 'fresh' | 'maxAgeSeconds'>
  /** How old a proof may be for what is asked for, in milliseconds. */
  readonly acrMs: number
  readonly reuse: Spans
  readonly fresh: Spans
  /** Proofs in place of which something new should have been added, and was not. */
  readonly unrenewed: (one: Evidence) => boolean
  /** Epoch milliseconds. */
  readonly now: number
}

/** Whether a request asks for proofs of this moment, which some factors cannot give. */
export const isFreshAsked = ({ fresh, maxAgeSeconds }: Ages['request']): boolean => fresh || maxAgeSeconds !== null

/** Whether a factor can be asked for at all where its proof must be fresh. */
export const canServe = (factor: FactorId, { request, fresh }: Pick<Ages, 'request' | 'fresh'>): boolean =>
  traitsOf(factor).canBeFresh || !(isFreshAsked(request) || fresh[factor] !== undefined)

/** Proofs are discarded item by item; null for one that counts. What is proven now is never too old. */
export function discardedAs(one: Evidence, ages: Ages): Discarded | null {
  if (!canServe(one.factor, ages)) return 'never-fresh'
  if (one.current) return null
  if (ages.unrenewed(one)) return 'renew'
  const { request, acrMs, reuse, fresh, now } = ages
  const olderThan = (span: number | undefined) => span !== undefined && now - one.at > span
  if (request.fresh) return 'prompt-login'
  if (request.maxAgeSeconds !== null && olderThan(request.maxAgeSeconds * 1000)) return 'max-age'
  if (olderThan(acrMs)) return 'acr-age'
  if (olderThan(reuse[one.factor])) return 'reuse'
  return olderThan(fresh[one.factor]) ? 'fresh' : null
}

/** An authenticator that was used twice in one way counts as it was used last. */
export const newest = (evidence: readonly Evidence[]): readonly Evidence[] =>
  evidence.filter((one, at) => !evidence.some((other, later) => replaces(other, later, one, at)))

const replaces = (other: Evidence, later: number, one: Evidence, at: number) =>
  other.authenticator === one.authenticator &&
  other.factor === one.factor &&
  (other.at > one.at || (other.at === one.at && later > at))
