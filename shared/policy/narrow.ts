import { type Meaning, satisfied } from '../acr/meaning.ts'
import type { Evidence } from '../evidence.ts'
import type { FactorId } from '../factors/table.ts'
import { canEnd, courseOf } from './course.ts'
import type { Flow } from './policy.ts'

/** An acr value that is known. */
export interface Wanted {
  readonly value: string
  readonly meaning: Meaning
}

/**
 * The acr filter (SafeNet Trusted Access's rule, and levels beside it): which flows survive, and what remains of their
 * steps. It only ever takes away: the policy makes the flows, acr filters them.
 */
export function narrow(
  flows: readonly Flow[],
  wanted: readonly Wanted[],
  carried: readonly Evidence[],
  now: number,
): readonly Flow[] {
  const filters = wanted.flatMap(({ meaning }) => (meaning.is === 'filter' ? [...meaning.factors] : []))
  const levels = wanted.filter(({ meaning }) => meaning.is === 'level')
  return flows.flatMap((flow) => {
    const ways = [byFilters(flow, new Set(filters)), ...levels.map((level) => byLevel(flow, [level], carried, now))]
    const kept = ways.filter((way) => way !== null)
    if (kept.length === 0) return []
    // Where several keep it, a step's choices are their union, while one of the values can still be finished by each.
    const union = flow.map((step, at) => step.filter((factor) => kept.some((way) => way[at]?.includes(factor))))
    return [byLevel(union, wanted, carried, now) ?? union]
  })
}

/** All filters together: a step that meets them is narrowed to them, one that does not stays; null when none does. */
function byFilters(flow: Flow, factors: ReadonlySet<FactorId>): Flow | null {
  const narrowed = flow.map((step) => step.filter((factor) => factors.has(factor)))
  return narrowed.some((step) => step.length > 0) ? flow.map((step, at) => orElse(narrowed[at], step)) : null
}

const orElse = (narrowed: Flow[number] | undefined, step: Flow[number]) =>
  narrowed && narrowed.length > 0 ? narrowed : step

/** Of each step, the factors with which one of the values can still be met; null when that leaves a step empty. */
function byLevel(flow: Flow, wanted: readonly Wanted[], carried: readonly Evidence[], now: number): Flow | null {
  const course = courseOf(flow, carried)
  const meets = (ending: readonly Evidence[]) => wanted.some(({ meaning }) => satisfied(meaning, ending, now))
  const narrowed = flow.map((step, at) =>
    course.filled.has(at) ? step : step.filter((factor) => canEnd(course, carried, meets, { step: at, factor })),
  )
  const possible = canEnd(course, carried, meets) && narrowed.every((step) => step.length > 0)
  return possible ? narrowed : null
}
