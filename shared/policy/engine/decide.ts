import { withinMsOf } from '../../acr/meaning.ts'
import type { Ask } from '../../ask.ts'
import { usableOf } from '../../authenticator.ts'
import type { Evidence } from '../../evidence.ts'
import type { FactorId } from '../../factors/table.ts'
import type { RefusalCode } from '../../refusal.ts'
import { heldOf } from '../rules/binding.ts'
import type { Circumstances } from '../rules/condition.ts'
import { addressFrom } from '../rules/networks.ts'
import type { Rule } from '../rules/policy.ts'
import { type Acr, knownIn, wantedOf } from './asked.ts'
import { type Ages, type Discarded, discardedAs, newest } from './counting.ts'
import type { Facts } from './facts.ts'
import { type Fate, fatesOf, freshOf, type Plan } from './plan.ts'
import { isUnrenewed } from './renewal.ts'
import type { Terms } from './terms.ts'
import { type World, worldsOf } from './worlds.ts'

/** Everything that a decision rests on: what happens next follows from it, and so does every explanation. */
export interface Decided {
  readonly refused: RefusalCode | null
  /** The person has proven something that counts: what they are and have decides from now on. */
  readonly known: boolean
  readonly circumstances: Circumstances
  /** What rules make of the age of proofs. */
  readonly agesUnder: (rules: readonly Rule[]) => Ages
  readonly worlds: readonly Judged[]
  readonly plans: readonly Plan[]
  readonly missing: readonly FactorId[]
  /** The names of the rules that decide. */
  readonly rules: readonly string[]
}

/** A world, what counts in it, and what becomes of its flows. */
export interface Judged {
  readonly world: World
  readonly evidence: readonly Evidence[]
  readonly fates: readonly Fate[]
}

/** Whether what is asked for is only wished for. */
export const isLenient = ({ strict }: Terms, { acrValues, essentialAcr }: Ask): boolean =>
  !strict && essentialAcr === null && acrValues.length > 0

/** A voluntary client's values narrow only while somebody can meet them; then the true acr is told. */
export function decide(terms: Terms, ask: Ask, facts: Facts): Decided {
  const decided = decideBy(terms, ask, facts, ask)
  if (decided.plans.length > 0) return decided
  const young = agingOf(ask, terms)
  const anew = young && decideBy(terms, ask, facts, young)
  if (anew && anew.plans.length > 0) return anew
  return isLenient(terms, ask) ? decideUnnarrowed(terms, ask, facts) : decided
}

/** As if no acr had been asked for, but for the grace that nobody has under one. */
export const decideUnnarrowed = (terms: Terms, ask: Ask, facts: Facts): Decided =>
  decideBy(terms, ask, facts, { acrValues: [], essentialAcr: null })

/** The values alone that take nothing old, where others are beside them: what the others take is in their way. */
function agingOf({ acrValues, essentialAcr }: Ask, { vocabulary }: Terms): Acr | null {
  const values = essentialAcr ?? acrValues
  const aging = knownIn(values, vocabulary).filter(({ meaning }) => withinMsOf(meaning) < Number.POSITIVE_INFINITY)
  if (aging.length === 0 || aging.length === values.length) return null
  const young = aging.map(({ value }) => value)
  return essentialAcr ? { acrValues, essentialAcr: young } : { acrValues: young, essentialAcr: null }
}

function decideBy(terms: Terms, ask: Ask, facts: Facts, acr: Acr): Decided {
  const proven = facts.evidence.filter((one) => notTheirs(one, facts) === null)
  const wrongPerson = ask.subject !== null && ask.subject !== facts.account
  const usable = wrongPerson ? [] : proven
  const ages = { ask, acrMs: ageOf(acr, terms), reuse: terms.policy.reuse, now: facts.now }
  const agesUnder = (rules: readonly Rule[]): Ages => ({
    ...ages,
    fresh: freshOf(rules),
    unrenewed: (one) => isUnrenewed(one, rules, facts),
  })
  const counting = (rules: readonly Rule[]) => {
    const under = agesUnder(rules)
    return newest(usable.filter((one) => discardedAs(one, under) === null))
  }

  const known = counting([]).length > 0
  const enrolled = known ? usableOf(facts.enrolled) : null
  const { groups, browser, address, now } = facts
  const circumstances = {
    client: ask.client,
    groups,
    held: facts.enrolled && heldOf(facts.enrolled, now),
    browser,
    address: address === null ? null : addressFrom(address),
    now,
    personDecides: known,
  }
  const judge = onceEach((world) => {
    const evidence = counting(world.rules)
    return { world, evidence, fates: fatesOf({ terms, ask, acr, facts, world, evidence, enrolled }) }
  })
  const worlds = worldsOf(terms.policy, circumstances).map(judge)
  const fates = [...new Set(worlds.map((one) => one.fates))].flat()
  return {
    refused: wrongPerson && proven.some((one) => one.current) ? 'wrong-person' : fates.length === 0 ? 'denied' : null,
    known,
    circumstances,
    agesUnder,
    worlds,
    plans: fates.flatMap((fate) => fate.plans),
    missing: [...new Set(fates.flatMap(({ missing }) => missing))],
    rules: worlds.flatMap(({ world }) => world.rules).map(({ name }) => name),
  }
}

/** The oldest that any of the values takes: what is older would stand in the way of being proven anew. */
function ageOf(acr: Acr, { vocabulary }: Terms): number {
  const ages = wantedOf(acr, vocabulary)?.map(({ meaning }) => withinMsOf(meaning)) ?? []
  return ages.length > 0 ? Math.max(...ages) : Number.POSITIVE_INFINITY
}

/** Before the first proof there are as many worlds as rules: those whose one rule says what another's does are judged once. */
function onceEach(judge: (world: World) => Judged): (world: World) => Judged {
  const known = new Map<World['flows'], Judged>()
  return (world) => {
    const like = world.rules.length === 1 ? known.get(world.flows) : undefined
    const [rule, other] = [world.rules[0], like?.world.rules[0]]
    const isAlike = rule?.fresh === other?.fresh && rule?.enrol === other?.enrol && rule?.renew === other?.renew
    if (like && isAlike) return { world, evidence: like.evidence, fates: like.fates }
    const judged = judge(world)
    known.set(world.flows, judged)
    return judged
  }
}

/** Why a proof is not one of this person's; null when it is. */
export const notTheirs = (one: Evidence, { account, enrolled }: Facts): Discarded | null => {
  if (one.account !== account) return 'somebody-else'
  return enrolled && !enrolled.some(({ id }) => id === one.authenticator) ? 'authenticator-gone' : null
}
