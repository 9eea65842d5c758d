import { type Circumstances, type Condition, truthOf } from './condition.ts'
import type { Policy } from './policy.ts'
import { distinct, exactUpTo, leavesIn, situationsFor } from './situations.ts'

/** Whether a rule can ever decide. `never`: it applies to nobody. `behind`: to nobody whom these do not decide before. */
export type Reach =
  | { readonly is: 'reached' | 'never' | 'undecided' }
  | { readonly is: 'behind'; readonly rules: readonly [number, ...number[]] }

/**
 * Exact for rules that have at most 16 different conditions among them. Beyond that a rule is looked at in every
 * combination of its own: one in which it decides shows that it can; one rule before it that holds in all of them, or
 * several together, that it cannot; where there is neither, nobody knows.
 */
export function reachOf({ rules }: Policy, clients: readonly string[]): readonly Reach[] {
  const conditions = rules.map(({ when }) => when)
  const all = distinct(conditions.flatMap(leavesIn))
  if (all.length > exactUpTo) return conditions.map((_, at) => reachAlone(conditions, at, clients))
  const situations = situationsFor(all, clients)
  const rows = situations.map((one) => conditions.map((condition) => holds(condition, one)))
  return conditions.map((_, at) => verdictOf(rows.filter((row) => row[at]).map((row) => row.slice(0, at))))
}

const holds = (condition: Condition | null, now: Circumstances) => truthOf(condition, now) === 'hit'

/** Given, for everybody to whom a rule applies, which of the rules before it apply to them. */
function verdictOf(rows: readonly (readonly boolean[])[]): Reach {
  const [any] = rows
  if (!any) return { is: 'never' }
  if (rows.some((row) => !row.includes(true))) return { is: 'reached' }
  const one = any.findIndex((_, at) => rows.every((row) => row[at]))
  const [first = one, ...rest] = one === -1 ? new Set(rows.map((row) => row.indexOf(true))) : []
  return { is: 'behind', rules: [first, ...rest] }
}

function reachAlone(conditions: readonly (Condition | null)[], at: number, clients: readonly string[]): Reach {
  const own = distinct(leavesIn(conditions[at] ?? null))
  if (own.length > exactUpTo) return { is: 'undecided' }
  const situations = situationsFor(own, clients).filter((one) => holds(conditions[at] ?? null, one))
  const before = conditions.slice(0, at)
  if (situations.some((one) => !before.some((condition) => holds(condition, one)))) return { is: 'reached' }

  const known = new Set(own.map((leaf) => JSON.stringify(leaf)))
  const isDecided = before.map((condition) => leavesIn(condition).every((leaf) => known.has(JSON.stringify(leaf))))
  const verdict = verdictOf(
    situations.map((one) => before.map((condition, other) => isDecided[other] === true && holds(condition, one))),
  )
  return verdict.is === 'reached' ? { is: 'undecided' } : verdict
}
