import { type Meaning, satisfied } from '../../acr/meaning.ts'
import type { FactorId } from '../../factors/table.ts'
import type { Choice, Flow, Step } from '../rules/policy.ts'
import { endingWell, type Holdings } from './ending-well.ts'

/** An acr value that is known. */
export interface RequestedValue {
  readonly value: string
  readonly meaning: Meaning
}

/** One way through a flow, and the levels for which it is one; by the filters alone when there are none. */
export interface Way {
  readonly flow: Flow
  readonly levels: readonly RequestedValue[]
}

/**
 * The acr filter (SafeNet Trusted Access's rule, and levels beside it): the ways in which a flow can be finished so that
 * a value is met, one by all filters together and one by each level. It only ever takes away: the policy makes the
 * flows, acr filters them.
 */
export function narrow(whole: Way, wanted: readonly RequestedValue[], holdings: Holdings): readonly Way[] {
  const filters = wanted.flatMap(({ meaning }) => (meaning.is === 'filter' ? [...meaning.factors] : []))
  const filtered = byFilters(whole.flow, new Set(filters))
  const levels = wanted
    .filter(({ meaning }) => meaning.is === 'level')
    .map((level) => ({ ...whole, levels: [...whole.levels, level] }))
  const ways = [...(filtered ? [{ ...whole, flow: filtered }] : []), ...levels]
  return ways.filter((way) => refine(way, holdings) !== null)
}

/** What of a way is left where more is known of the person; null when nothing leads on. */
export function refine({ flow, levels }: Way, holdings: Holdings): Way | null {
  let left: Flow | null = flow
  // Twice: what one level leaves must still do for the one before it.
  for (const level of [...levels, ...levels.slice(0, -1)]) left = left && byLevel(left, level, holdings)
  return left && { flow: left, levels }
}

/** Whether two narrowings of one flow are one. */
export const isSameFlow = (one: Flow, other: Flow): boolean =>
  one.length === other.length &&
  one.every((step, at) => step.length === other[at]?.length && step.every((choice) => includes(other[at], choice)))

const includes = (step: Step | undefined, { factor, uv }: Choice) =>
  step?.some((one) => one.factor === factor && one.uv === uv) ?? false

/** All filters together: a step that meets them is narrowed to them, one that does not stays; null when none does. */
function byFilters(flow: Flow, factors: ReadonlySet<FactorId>): Flow | null {
  const narrowed = flow.map((step) => step.filter(({ factor }) => factors.has(factor)))
  return narrowed.some((step) => step.length > 0) ? flow.map((step, at) => orElse(narrowed[at], step)) : null
}

const orElse = (narrowed: Step | undefined, step: Step) => (narrowed && narrowed.length > 0 ? narrowed : step)

const byLevel = (flow: Flow, { meaning }: RequestedValue, holdings: Holdings): Flow | null =>
  endingWell(flow, holdings, (ending) => satisfied(meaning, ending, holdings.now))
