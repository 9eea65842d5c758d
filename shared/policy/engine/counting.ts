import type { AuthorizationRequest } from '../../authorization-request.ts'
import type { Evidence } from '../../evidence.ts'
import { type FactorId, traitsOf } from '../../factors/table.ts'
import type { Spans } from '../rules/policy.ts'

/** Why evidence does not count for a request. */
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

/** The limits that a request and a policy set on the age of evidence. */
export interface Ages {
  readonly request: Pick<AuthorizationRequest, 'fresh' | 'maxAgeSeconds'>
  /** The greatest age that the requested acr values admit, in milliseconds. */
  readonly acrMs: number
  readonly reuse: Spans
  readonly fresh: Spans
  /** Whether evidence is of a recovery code after which a new authenticator was due and was not added. */
  readonly unrenewed: (one: Evidence) => boolean
  /** Epoch milliseconds. */
  readonly now: number
}

/** Whether a request limits the age of evidence (`prompt=login`, `max_age`), which some factors cannot show. */
export const isFreshAsked = ({ fresh, maxAgeSeconds }: Ages['request']): boolean => fresh || maxAgeSeconds !== null

/** Whether a factor can be used at all: a factor that cannot be fresh cannot, where its proof must be. */
export const canServe = (factor: FactorId, { request, fresh }: Pick<Ages, 'request' | 'fresh'>): boolean =>
  traitsOf(factor).canBeFresh || !(isFreshAsked(request) || fresh[factor] !== undefined)

/** Why evidence is discarded, item by item; null when it counts. Evidence of the current sign-in is never too old. */
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

/** The newest evidence of each authenticator and factor. */
export const newest = (evidence: readonly Evidence[]): readonly Evidence[] =>
  evidence.filter((one, at) => !evidence.some((other, later) => replaces(other, later, one, at)))

const replaces = (other: Evidence, later: number, one: Evidence, at: number) =>
  other.authenticator === one.authenticator &&
  other.factor === one.factor &&
  (other.at > one.at || (other.at === one.at && later > at))
