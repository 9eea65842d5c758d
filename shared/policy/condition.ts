/** When a rule applies. */
export type Condition =
  | { readonly is: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly is: 'not'; readonly of: Condition }
  | Leaf

/** Something that can be looked up. */
export type Leaf = { readonly is: 'groups' | 'clients'; readonly oneOf: readonly string[] }

/** `undecided` is not known yet, and will be once the person has proven something; `unknown` will not. */
export type Truth = 'hit' | 'miss' | 'undecided' | 'unknown'

/** What conditions are judged by. Null is not known. */
export interface Circumstances {
  readonly client: string
  readonly groups: readonly string[] | null
  /** Nothing about a person decides anything before they have proven something: everybody is shown the same. */
  readonly personDecides: boolean
}

/** A leaf as it was judged: what it wants, and the value that was seen. */
export interface Seen {
  readonly is: Leaf['is']
  readonly wanted: readonly string[]
  readonly seen: readonly string[] | null
  readonly truth: Truth
}

const looks = {
  clients: ({ client }) => [client],
  groups: ({ groups, personDecides }) => (personDecides ? groups : 'undecided'),
} as const satisfies Record<Leaf['is'], (now: Circumstances) => readonly string[] | 'undecided' | null>

export function seenOf({ is, oneOf }: Leaf, circumstances: Circumstances): Seen {
  const seen = looks[is](circumstances)
  if (seen === 'undecided') return { is, wanted: oneOf, seen: null, truth: 'undecided' }
  if (seen === null) return { is, wanted: oneOf, seen, truth: 'unknown' }
  return { is, wanted: oneOf, seen, truth: seen.some((one) => oneOf.includes(one)) ? 'hit' : 'miss' }
}

/** Kleene's logic, with two ways of not knowing: what may yet be decided wins over what never will. */
export function truthOf(condition: Condition | null, circumstances: Circumstances): Truth {
  if (!condition) return 'hit'
  switch (condition.is) {
    case 'all':
      return first(['miss', 'undecided', 'unknown'], condition.of, circumstances) ?? 'hit'
    case 'any':
      return first(['hit', 'undecided', 'unknown'], condition.of, circumstances) ?? 'miss'
    case 'not':
      return opposite[truthOf(condition.of, circumstances)]
    default:
      return seenOf(condition, circumstances).truth
  }
}

const opposite = { hit: 'miss', miss: 'hit', undecided: 'undecided', unknown: 'unknown' } as const

/** Of the truths that are looked for, the first one that there is. */
function first(order: readonly Truth[], of: readonly Condition[], circumstances: Circumstances): Truth | null {
  let found = order.length
  for (const one of of) {
    const at = order.indexOf(truthOf(one, circumstances))
    if (at !== -1) found = Math.min(found, at)
    if (found === 0) break
  }
  return order[found] ?? null
}

/** Every leaf that stands in the way of a condition, as it was judged; under a `not`, those that hold. */
export function unmetIn(condition: Condition | null, circumstances: Circumstances, wanted = true): readonly Seen[] {
  if (!condition) return []
  switch (condition.is) {
    case 'all':
    case 'any':
      return condition.of.flatMap((one) => unmetIn(one, circumstances, wanted))
    case 'not':
      return unmetIn(condition.of, circumstances, !wanted)
    default: {
      const seen = seenOf(condition, circumstances)
      return seen.truth === (wanted ? 'hit' : 'miss') ? [] : [seen]
    }
  }
}
