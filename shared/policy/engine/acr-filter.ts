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

/** What a request says of acr. */
export type RequestedAcr = Pick<AuthorizationRequest, 'acrValues' | 'essentialAcr'>

/** What a request leaves of a flow. */
export interface FilteredFlow {
  readonly ways: readonly Way[]
  /** The values one of which the answer must end with; null when it need not. */
  readonly wanted: readonly RequestedValue[] | null
}

export const knownValues = (values: readonly string[], vocabulary: Vocabulary): readonly RequestedValue[] =>
  values.flatMap((value) => {
    const meaning = meaningOf(value, vocabulary)
    return meaning ? [{ value, meaning }] : []
  })

/** The values one of which the answer must end with; null when it need not. */
export function requestedValues(
  { acrValues, essentialAcr }: RequestedAcr,
  vocabulary: Vocabulary,
): readonly RequestedValue[] | null {
  const values = essentialAcr ?? (acrValues.length > 0 ? acrValues : null)
  return values && knownValues(values, vocabulary)
}

/** The ways through a flow by which a request can be met. */
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
  // acr_values beside it narrow further where they can.
  const values = knownValues(acr.acrValues, vocabulary)
  const further = met.flatMap((way) => narrow(way, values, holdings))
  return { ways: further.length > 0 ? further : met, wanted }
}

/** `amr` is never empty: where a step can be passed by what a dialect has no word for, another one must be said. */
function saidIn(dialect: Dialect, flow: Flow, carried: readonly Evidence[]): readonly RequestedValue[] {
  const says = (one: Pick<Evidence, 'factor' | 'methods'>) => canSay(dialect, one)
  const isSaid = flow.flat().every((choice) => potentialOf(choice).every((proof) => says({ ...choice, ...proof })))
  if (isSaid && (flow.length > 0 || carried.every(says))) return []
  return [{ value: 'amr', meaning: { is: 'level', met: (evidence) => evidence.some(says) } }]
}

export const asksForAcr = ({ acrValues, essentialAcr }: RequestedAcr): boolean =>
  acrValues.length > 0 || essentialAcr !== null

/** The first requested value that the evidence satisfies; the strongest level when nothing was asked. */
export const acrOf = (wanted: FilteredFlow['wanted'], evidence: readonly Evidence[], now: number): string | null =>
  wanted ? (wanted.find(({ meaning }) => satisfied(meaning, evidence, now))?.value ?? null) : strongest(evidence, now)
