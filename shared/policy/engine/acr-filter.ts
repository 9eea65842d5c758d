import { meaningOf } from '../../acr/index.ts'
import { strongest } from '../../acr/levels.ts'
import { satisfied, type Vocabulary } from '../../acr/meaning.ts'
import { canSay, type Dialect } from '../../amr/dialect.ts'
import type { AuthorizationRequest } from '../../authorization-request.ts'
import type { Evidence } from '../../evidence.ts'
import { type Flow, potentialOf } from '../rules/policy.ts'
import type { ClientRules } from './client-rules.ts'
import type { Holdings } from './ending-well.ts'
import { narrow, type RequestedValue, refine, type Way } from './narrow.ts'

/** The part of an authorization request that concerns acr. */
export type RequestedAcr = Pick<AuthorizationRequest, 'acrValues' | 'essentialAcr'>

/** What the acr filter leaves of a flow. */
export interface FilteredFlow {
  readonly ways: readonly Way[]
  /** The requested values, one of which the sign-in must end with; null without requested values. */
  readonly wanted: readonly RequestedValue[] | null
}

export const knownValues = (values: readonly string[], vocabulary: Vocabulary): readonly RequestedValue[] =>
  values.flatMap((value) => {
    const meaning = meaningOf(value, vocabulary)
    return meaning ? [{ value, meaning }] : []
  })

/**
 * The known values among those that a request names (an essential `acr` goes before acr_values).
 * Null when the request names none; empty when it names unknown ones alone, which nothing meets.
 */
export function requestedValues(
  { acrValues, essentialAcr }: RequestedAcr,
  vocabulary: Vocabulary,
): readonly RequestedValue[] | null {
  const values = essentialAcr ?? (acrValues.length > 0 ? acrValues : null)
  return values && knownValues(values, vocabulary)
}

/** The ways through a flow that meet a request. */
export function filterFlow(
  { vocabulary, dialect }: Pick<ClientRules, 'vocabulary' | 'dialect'>,
  acr: RequestedAcr,
  flow: Flow,
  holdings: Holdings,
): FilteredFlow {
  const whole: Way = { flow, levels: saidIn(dialect, flow, holdings.carried) }
  const wanted = requestedValues(acr, vocabulary)
  if (!wanted) return { ways: refine(whole, holdings) ? [whole] : [], wanted }
  const met = narrow(whole, wanted, holdings)
  if (!acr.essentialAcr) return { ways: met, wanted }
  // acr_values next to an essential `acr` narrow further where possible.
  const values = knownValues(acr.acrValues, vocabulary)
  const further = met.flatMap((way) => narrow(way, values, holdings))
  return { ways: further.length > 0 ? further : met, wanted }
}

/** A pseudo-level that keeps `amr` from being empty, where a possible proof of the flow has no word in the dialect. */
function saidIn(dialect: Dialect, flow: Flow, carried: readonly Evidence[]): readonly RequestedValue[] {
  const says = (one: Pick<Evidence, 'factor' | 'methods'>) => canSay(dialect, one)
  const isSaid = flow.flat().every((choice) => potentialOf(choice).every((proof) => says({ ...choice, ...proof })))
  if (isSaid && (flow.length > 0 || carried.every(says))) return []
  return [{ value: 'amr', meaning: { is: 'level', met: (evidence) => evidence.some(says) } }]
}

export const asksForAcr = ({ acrValues, essentialAcr }: RequestedAcr): boolean =>
  acrValues.length > 0 || essentialAcr !== null

/** The first requested value that the evidence satisfies; without requested values, the strongest level. Else null. */
export const acrOf = (wanted: FilteredFlow['wanted'], evidence: readonly Evidence[], now: number): string | null =>
  wanted ? (wanted.find(({ meaning }) => satisfied(meaning, evidence, now))?.value ?? null) : strongest(evidence, now)
