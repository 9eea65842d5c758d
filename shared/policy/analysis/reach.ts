import { type Circumstances, type Condition, type Leaf, truthOf } from '../rules/condition.ts'
import type { Policy } from '../rules/policy.ts'
import { contains, difference, intersection, isEmpty, meets, type Numbers, numbersIn, union } from './sets.ts'
import { distinct, exactUpTo, leavesIn, situationsFor } from './situations.ts'

/** Whether a rule can ever decide. `never`: applies to nobody. `behind`: these earlier rules always decide first. */
export type Reach =
  | { readonly is: 'reached' | 'never' | 'undecided' }
  | { readonly is: 'behind'; readonly rules: readonly [number, ...number[]] }

/**
 * The reach of each rule of a policy. Exact for rules that have at most 16 different conditions among them. Beyond that
 * each rule is evaluated in every combination of its own conditions: a combination in which the rule decides shows
 * `reached`; earlier rules that together hold in all combinations show `behind`; otherwise the reach is undecided.
 */
export function reachOf({ rules }: Policy, clients: readonly string[]): readonly Reach[] {
  const conditions = rules.map(({ when }) => when)
  const all = distinct(conditions.flatMap(leavesIn))
  return all.length > exactUpTo
    ? conditions.map((_, at) => reachAlone(conditions, at, clients))
    : verdictsOf(conditions.map(holdingIn(situationsFor(all, clients))))
}

const holds = (condition: Condition | null, now: Circumstances) => truthOf(condition, now) === 'hit'

/** The situations in which a condition holds; each leaf is evaluated once. Nothing is unknown in a situation. */
function holdingIn(situations: readonly Circumstances[]): (condition: Condition | null) => Numbers {
  const looked = new Map<string, Numbers>()
  const always = numbersIn(situations.length, () => true)
  const never = difference(always, always)
  const look = (leaf: Leaf) => {
    const key = JSON.stringify(leaf)
    const set = looked.get(key) ?? numbersIn(situations.length, (at) => holds(leaf, situations[at] as Circumstances))
    looked.set(key, set)
    return set
  }
  const within = (condition: Condition | null): Numbers => {
    if (!condition) return always
    switch (condition.is) {
      case 'all':
        return condition.of.map(within).reduce(intersection, always)
      case 'any':
        return condition.of.map(within).reduce(union, never)
      case 'not':
        return difference(always, within(condition.of))
      default:
        return look(condition)
    }
  }
  return within
}

/** The reach of rules, from the situations in which each applies: the first applicable rule decides. */
function verdictsOf(applies: readonly Numbers[]): readonly Reach[] {
  const deciding: { readonly rule: number; readonly here: Numbers }[] = []
  let decided: Numbers = new Uint32Array(applies[0]?.length ?? 0)
  return applies.map((mine, rule) => {
    if (isEmpty(mine)) return { is: 'never' }
    const here = difference(mine, decided)
    if (!isEmpty(here)) {
      deciding.push({ rule, here })
      decided = union(decided, mine)
      return { is: 'reached' }
    }
    const container = applies.findIndex((other) => contains(other, mine))
    const several = () => deciding.filter((other) => meets(other.here, mine)).map((other) => other.rule)
    const [first = container, ...rest] = container < rule ? [container] : several()
    return { is: 'behind', rules: [first, ...rest] }
  })
}

function reachAlone(conditions: readonly (Condition | null)[], at: number, clients: readonly string[]): Reach {
  const own = distinct(leavesIn(conditions[at] ?? null))
  if (own.length > exactUpTo) return { is: 'undecided' }
  const situations = situationsFor(own, clients).filter((one) => holds(conditions[at] ?? null, one))
  const before = conditions.slice(0, at)
  if (situations.some((one) => !before.some((condition) => holds(condition, one)))) return { is: 'reached' }

  const known = new Set(own.map((leaf) => JSON.stringify(leaf)))
  const isDecided = (condition: Condition | null) =>
    leavesIn(condition).every((leaf) => known.has(JSON.stringify(leaf)))
  const holding = holdingIn(situations)
  const nowhere = numbersIn(situations.length, () => false)
  const verdict = verdictsOf([...before.map((one) => (isDecided(one) ? holding(one) : nowhere)), holding(null)]).at(-1)
  return !verdict || verdict.is === 'reached' ? { is: 'undecided' } : verdict
}
