import { type Meaning, satisfied } from '../../acr/meaning.ts'
import type { FactorId } from '../../factors/table.ts'
import type { Choice, Flow, Step } from '../rules/policy.ts'
import { endingWell, type Holdings } from './ending-well.ts'

/** A requested acr value with its meaning. */
export interface RequestedValue {
  readonly value: string
  readonly meaning: Meaning
}

/** One way through a flow, and the levels that the way must meet; empty for the way of the filters. */
export interface Way {
  readonly flow: Flow
  readonly levels: readonly RequestedValue[]
}

/**
 * The acr filter (SafeNet Trusted Access's rule, with levels added): the ways to finish a flow so that a requested
 * value is met, one way for all filters together and one for each level. The filter only ever removes choices: the
 * policy makes the flows, acr filters them.
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

/** A way, narrowed to the choices that these holdings allow; null when no choice leads to an end. */
export function refine({ flow, levels }: Way, holdings: Holdings): Way | null {
  let left: Flow | null = flow
  // Two passes: the part that a later level leaves must still meet the earlier levels.
  for (const level of [...levels, ...levels.slice(0, -1)]) left = left && byLevel(left, level, holdings)
  return left && { flow: left, levels }
}

/** Whether two narrowings of a flow are equal. */
export const isSameFlow = (one: Flow, other: Flow): boolean =>
  one.length === other.length &&
  one.every((step, at) => step.length === other[at]?.length && step.every((choice) => includes(other[at], choice)))

const includes = (step: Step | undefined, { factor, uv }: Choice) =>
  step?.some((one) => one.factor === factor && one.uv === uv) ?? false

/** Narrows a flow to all filters together; a step without a matching choice stays whole. Null when no step matches. */
function byFilters(flow: Flow, factors: ReadonlySet<FactorId>): Flow | null {
  const narrowed = flow.map((step) => step.filter(({ factor }) => factors.has(factor)))
  return narrowed.some((step) => step.length > 0) ? flow.map((step, at) => orElse(narrowed[at], step)) : null
}

const orElse = (narrowed: Step | undefined, step: Step) => (narrowed && narrowed.length > 0 ? narrowed : step)

const byLevel = (flow: Flow, { meaning }: RequestedValue, holdings: Holdings): Flow | null =>
  endingWell(flow, holdings, (ending) => satisfied(meaning, ending, holdings.now))
