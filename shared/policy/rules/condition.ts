import { type AuthenticatorAge, boundSeen, boundTruth, type Held } from './authenticator-age.ts'
import type { LeafOf, Truth } from './leaf.ts'
import { type Address, isWithin, type Networks } from './networks.ts'
import { isDuring, localTime, type Times } from './times.ts'

/** A condition on the circumstances of a sign-in, under which a rule applies. */
export type Condition =
  | { readonly is: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly is: 'not'; readonly of: Condition }
  | Leaf
export type Leaf = LeafOf<'groups' | 'clients' | 'browser'> | Networks | Times | AuthenticatorAge

/** The circumstances that conditions are evaluated by. Null means not known. */
export interface Circumstances {
  readonly client: string
  readonly groups: readonly string[] | null
  readonly held: readonly Held[] | null
  /** Whether the person has used this browser before. */
  readonly browser: 'known' | 'new' | null
  readonly address: Address | null
  /** Epoch milliseconds. */
  readonly now: number | null
  /** Whether facts about the person decide: only after the first proof. Before, everybody is shown the same. */
  readonly personDecides: boolean
}

/** An evaluated leaf: the wanted values, and the values that were seen. */
export interface Seen {
  readonly is: Leaf['is']
  readonly wanted: readonly string[]
  readonly seen: readonly string[] | null
  readonly truth: Truth
}

export const seenOf = (leaf: Leaf, circumstances: Circumstances): Seen => ({
  is: leaf.is,
  wanted: leaf.oneOf,
  ...look(leaf, circumstances),
})

type Look = Pick<Seen, 'seen' | 'truth'>
const undecided: Look = { seen: null, truth: 'undecided' }
const unknown: Look = { seen: null, truth: 'unknown' }
const known = (isHit: boolean, ...seen: readonly string[]): Look => ({ seen, truth: isHit ? 'hit' : 'miss' })

function look(leaf: Leaf, { client, groups, held, browser, address, now, personDecides }: Circumstances): Look {
  switch (leaf.is) {
    case 'clients':
      return known(leaf.oneOf.includes(client), client)
    case 'groups':
      if (!personDecides) return undecided
      return groups
        ? known(
            groups.some((one) => leaf.oneOf.includes(one)),
            ...groups,
          )
        : unknown
    case 'browser':
      if (!personDecides) return undecided
      return browser ? known(leaf.oneOf.includes(browser), browser) : unknown
    case 'authenticator':
      if (!personDecides) return undecided
      return held ? { seen: boundSeen(leaf, held), truth: boundTruth(leaf, held) } : unknown
    case 'networks':
      return address ? known(isWithin(leaf, address), address.written) : unknown
    case 'times': {
      if (now === null) return unknown
      const local = localTime(now, leaf.zone)
      return known(isDuring(leaf, local), `${local.day} ${local.time} ${leaf.zone}`)
    }
  }
}

/** The truth of a condition, in Kleene's logic with two unknowns: `undecided` goes before `unknown`. */
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
      return look(condition, circumstances).truth
  }
}

const opposite = { hit: 'miss', miss: 'hit', undecided: 'undecided', unknown: 'unknown' } as const

/** The earliest truth in `order` that any of these conditions has; null when none has one. */
function first(order: readonly Truth[], of: readonly Condition[], circumstances: Circumstances): Truth | null {
  let found = order.length
  for (const one of of) {
    const at = order.indexOf(truthOf(one, circumstances))
    if (at !== -1) found = Math.min(found, at)
    if (found === 0) break
  }
  return order[found] ?? null
}

/** Every evaluated leaf that keeps a condition from holding; under a `not`, the leaves that hold. */
export function unmetIn(condition: Condition | null, circumstances: Circumstances, wanted = true): readonly Seen[] {
  if (!condition || truthOf(condition, circumstances) === (wanted ? 'hit' : 'miss')) return []
  switch (condition.is) {
    case 'all':
    case 'any':
      return condition.of.flatMap((one) => unmetIn(one, circumstances, wanted))
    case 'not':
      return unmetIn(condition.of, circumstances, !wanted)
    default:
      return [seenOf(condition, circumstances)]
  }
}
