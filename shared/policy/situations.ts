import { type Circumstances, type Condition, type Leaf, seenOf } from './condition.ts'

/** How many different conditions are looked at in every combination. */
export const exactUpTo = 16

/** The different conditions in one. */
export function leavesIn(condition: Condition | null): readonly Leaf[] {
  if (!condition) return []
  switch (condition.is) {
    case 'all':
    case 'any':
      return condition.of.flatMap(leavesIn)
    case 'not':
      return leavesIn(condition.of)
    default:
      return [condition]
  }
}

export const distinct = (leaves: readonly Leaf[]): readonly Leaf[] => [
  ...new Map(leaves.map((leaf) => [JSON.stringify(leaf), leaf])).values(),
]

type Candidates = (leaves: readonly Leaf[], clients: readonly string[]) => readonly Partial<Circumstances>[]

/** For each kind of condition, values among which every combination that its conditions can have is found. */
const candidatesOf = {
  clients: (_, clients) => clients.map((client) => ({ client })),
  // Whatever is not to hold takes its groups away; what then still holds can hold together with it.
  groups: (leaves) => {
    const all = [...new Set(leaves.flatMap(({ oneOf }) => oneOf))]
    return subsetsOf(leaves).map((missed) => {
      const without = new Set(missed.flatMap(({ oneOf }) => oneOf))
      return { groups: all.filter((group) => !without.has(group)) }
    })
  },
} as const satisfies Record<Leaf['is'], Candidates>
const kinds = Object.keys(candidatesOf) as readonly Leaf['is'][]

const subsetsOf = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: 2 ** all.length }, (_, chosen) => all.filter((_, at) => (chosen >> at) % 2 === 1))

const somewhere: Circumstances = { client: '', groups: [], personDecides: true }

/**
 * Circumstances in which conditions turn out in every combination in which they can, at one of these clients; everything
 * is known in them. Of those that differ in nothing that the conditions see, one.
 */
export function situationsFor(leaves: readonly Leaf[], clients: readonly string[]): readonly Circumstances[] {
  return kinds.reduce<readonly Circumstances[]>(
    (situations, kind) => {
      const mine = leaves.filter(({ is }) => is === kind)
      const values = unlike(candidatesOf[kind](mine, clients), mine)
      return situations.flatMap((one) => values.map((value) => ({ ...one, ...value })))
    },
    [somewhere],
  )
}

function unlike(values: readonly Partial<Circumstances>[], leaves: readonly Leaf[]) {
  const pattern = (value: Partial<Circumstances>) =>
    leaves.map((leaf) => seenOf(leaf, { ...somewhere, ...value }).truth).join()
  return [...new Map(values.map((value) => [pattern(value), value])).values()]
}
