import { withinMsOf } from '../../acr/meaning.ts'
import { usableOf } from '../../authenticator.ts'
import type { AuthorizationRequest } from '../../authorization-request.ts'
import type { Evidence } from '../../evidence.ts'
import type { FactorId } from '../../factors/table.ts'
import type { RefusalCode } from '../../refusal.ts'
import { heldOf } from '../rules/authenticator-age.ts'
import type { Circumstances } from '../rules/condition.ts'
import { addressFrom } from '../rules/networks.ts'
import type { Rule } from '../rules/policy.ts'
import { knownValues, type RequestedAcr, requestedValues } from './acr-filter.ts'
import type { ClientRules } from './client-rules.ts'
import { type Ages, type Discarded, discardedAs, newest } from './counting.ts'
import type { Facts } from './facts.ts'
import { type FlowResult, flowResultsOf, freshOf, type Plan } from './plan.ts'
import { isUnrenewed } from './renewal.ts'
import { type World, worldsOf } from './worlds.ts'

/** Everything that a decision rests on: what happens next follows from it, and so does every explanation. */
export interface Decision {
  readonly refused: RefusalCode | null
  /** The person has proven something that counts: what they are and have decides from now on. */
  readonly hasProof: boolean
  readonly circumstances: Circumstances
  /** What rules make of the age of proofs. */
  readonly agesUnder: (rules: readonly Rule[]) => Ages
  readonly worlds: readonly WorldVerdict[]
  readonly plans: readonly Plan[]
  readonly missing: readonly FactorId[]
  /** The names of the rules that decide. */
  readonly rules: readonly string[]
}

/** A world, what counts in it, and what becomes of its flows. */
export interface WorldVerdict {
  readonly world: World
  readonly evidence: readonly Evidence[]
  readonly results: readonly FlowResult[]
}

/** Whether what is asked for is only wished for. */
export const isVoluntary = ({ strict }: ClientRules, { acrValues, essentialAcr }: AuthorizationRequest): boolean =>
  !strict && essentialAcr === null && acrValues.length > 0

/** A voluntary client's values narrow only while somebody can meet them; then the true acr is told. */
export function decide(clientRules: ClientRules, request: AuthorizationRequest, facts: Facts): Decision {
  const decided = decideBy(clientRules, request, facts, request)
  if (decided.plans.length > 0) return decided
  const young = agingOf(request, clientRules)
  const anew = young && decideBy(clientRules, request, facts, young)
  if (anew && anew.plans.length > 0) return anew
  return isVoluntary(clientRules, request) ? decideUnnarrowed(clientRules, request, facts) : decided
}

/** As if no acr had been asked for, but for the grace that nobody has under one. */
export const decideUnnarrowed = (clientRules: ClientRules, request: AuthorizationRequest, facts: Facts): Decision =>
  decideBy(clientRules, request, facts, { acrValues: [], essentialAcr: null })

/** The values alone that take nothing old, where others are beside them: what the others take is in their way. */
function agingOf({ acrValues, essentialAcr }: AuthorizationRequest, { vocabulary }: ClientRules): RequestedAcr | null {
  const values = essentialAcr ?? acrValues
  const aging = knownValues(values, vocabulary).filter(({ meaning }) => withinMsOf(meaning) < Number.POSITIVE_INFINITY)
  if (aging.length === 0 || aging.length === values.length) return null
  const young = aging.map(({ value }) => value)
  return essentialAcr ? { acrValues, essentialAcr: young } : { acrValues: young, essentialAcr: null }
}

function decideBy(clientRules: ClientRules, request: AuthorizationRequest, facts: Facts, acr: RequestedAcr): Decision {
  const proven = facts.evidence.filter((one) => notTheirs(one, facts) === null)
  const wrongPerson = request.subject !== null && request.subject !== facts.account
  const usable = wrongPerson ? [] : proven
  const ages = { request, acrMs: ageOf(acr, clientRules), reuse: clientRules.policy.reuse, now: facts.now }
  const agesUnder = (rules: readonly Rule[]): Ages => ({
    ...ages,
    fresh: freshOf(rules),
    unrenewed: (one) => isUnrenewed(one, rules, facts),
  })
  const counting = (rules: readonly Rule[]) => {
    const under = agesUnder(rules)
    return newest(usable.filter((one) => discardedAs(one, under) === null))
  }

  const hasProof = counting([]).length > 0
  const enrolled = hasProof ? usableOf(facts.enrolled) : null
  const { groups, browser, address, now } = facts
  const circumstances = {
    client: request.client,
    groups,
    held: facts.enrolled && heldOf(facts.enrolled, now),
    browser,
    address: address === null ? null : addressFrom(address),
    now,
    personDecides: hasProof,
  }
  const judge = onceEach((world) => {
    const evidence = counting(world.rules)
    return {
      world,
      evidence,
      results: flowResultsOf({ terms: clientRules, request, acr, facts, world, evidence, enrolled }),
    }
  })
  const worlds = worldsOf(clientRules.policy, circumstances).map(judge)
  const results = [...new Set(worlds.map((one) => one.results))].flat()
  return {
    refused: wrongPerson && proven.some((one) => one.current) ? 'wrong-person' : results.length === 0 ? 'denied' : null,
    hasProof,
    circumstances,
    agesUnder,
    worlds,
    plans: results.flatMap((result) => result.plans),
    missing: [...new Set(results.flatMap(({ missing }) => missing))],
    rules: worlds.flatMap(({ world }) => world.rules).map(({ name }) => name),
  }
}

/** The oldest that any of the values takes: what is older would stand in the way of being proven anew. */
function ageOf(acr: RequestedAcr, { vocabulary }: ClientRules): number {
  const ages = requestedValues(acr, vocabulary)?.map(({ meaning }) => withinMsOf(meaning)) ?? []
  return ages.length > 0 ? Math.max(...ages) : Number.POSITIVE_INFINITY
}

/** Before the first proof there are as many worlds as rules: those whose one rule says what another's does are judged once. */
function onceEach(judge: (world: World) => WorldVerdict): (world: World) => WorldVerdict {
  const hasProof = new Map<World['flows'], WorldVerdict>()
  return (world) => {
    const like = world.rules.length === 1 ? hasProof.get(world.flows) : undefined
    const [rule, other] = [world.rules[0], like?.world.rules[0]]
    const isAlike = rule?.fresh === other?.fresh && rule?.enrol === other?.enrol && rule?.renew === other?.renew
    if (like && isAlike) return { world, evidence: like.evidence, results: like.results }
    const verdict = judge(world)
    hasProof.set(world.flows, verdict)
    return verdict
  }
}

/** Why a proof is not one of this person's; null when it is. */
export const notTheirs = (one: Evidence, { account, enrolled }: Facts): Discarded | null => {
  if (one.account !== account) return 'somebody-else'
  return enrolled && !enrolled.some(({ id }) => id === one.authenticator) ? 'authenticator-gone' : null
}
