import { type Circumstances, type Condition, type Leaf, truthOf } from '../rules/condition.ts'
import { boundIn, edgesOf, turnsOf } from './candidates.ts'

/** The greatest number of different conditions that are evaluated in every combination. */
export const exactUpTo = 16

/** The leaves of a condition. */
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

type OfKind<Kind extends Leaf['is']> = Leaf & { readonly is: Kind }
type Candidates<Kind extends Leaf['is']> = (
  leaves: readonly OfKind<Kind>[],
  clients: readonly string[],
) => readonly Partial<Circumstances>[]

/** For each kind of condition, test values that produce every possible combination of its conditions' truths. */
const candidatesOf: { readonly [Kind in Leaf['is']]: Candidates<Kind> } = {
  clients: (_, clients) => clients.map((client) => ({ client })),
  browser: () => [{ browser: 'known' }, { browser: 'new' }],
  networks: (leaves) => edgesOf(leaves.flatMap(({ bits }) => bits)).map((bits) => ({ address: { written: '', bits } })),
  times: (leaves) => turnsOf(leaves).map((now) => ({ now })),
  authenticator: (leaves) => boundIn(leaves).map((held) => ({ held })),
  // Each condition that must not hold takes its groups away; conditions that still hold can hold at the same time.
  groups: (leaves) => {
    const all = [...new Set(leaves.flatMap(({ oneOf }) => oneOf))]
    return subsetsOf(leaves).map((missed) => {
      const without = new Set(missed.flatMap(({ oneOf }) => oneOf))
      return { groups: all.filter((group) => !without.has(group)) }
    })
  },
}
const kinds = Object.keys(candidatesOf) as readonly Leaf['is'][]

const subsetsOf = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: 2 ** all.length }, (_, chosen) => all.filter((_, at) => (chosen >> at) % 2 === 1))

const somewhere: Circumstances = {
  client: '',
  groups: [],
  held: [],
  browser: 'new',
  address: null,
  now: 0,
  personDecides: true,
}

/**
 * Circumstances that produce every possible combination of the conditions' truths at these clients, with nothing
 * unknown. Of circumstances with equal truths, only the last is returned.
 */
export function situationsFor(leaves: readonly Leaf[], clients: readonly string[]): readonly Circumstances[] {
  return kinds.reduce<readonly Circumstances[]>(
    (situations, kind) => {
      const values = valuesFor(kind, leaves, clients)
      return situations.flatMap((one) => values.map((value) => ({ ...one, ...value })))
    },
    [somewhere],
  )
}

function valuesFor<Kind extends Leaf['is']>(kind: Kind, leaves: readonly Leaf[], clients: readonly string[]) {
  const mine = leaves.filter((leaf): leaf is OfKind<Kind> => leaf.is === kind)
  const pattern = (value: Partial<Circumstances>) => {
    const now = { ...somewhere, ...value }
    return mine.map((leaf) => truthOf(leaf, now)).join()
  }
  return [...new Map(candidatesOf[kind](mine, clients).map((value) => [pattern(value), value])).values()]
}
