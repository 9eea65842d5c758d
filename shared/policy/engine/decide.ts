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

/** A decision of the policy engine with everything behind it: the next step and every explanation follow from it. */
export interface Decision {
  readonly refused: RefusalCode | null
  /** Whether some evidence counts: from the first proof on, the person's groups and authenticators decide. */
  readonly hasProof: boolean
  readonly circumstances: Circumstances
  /** The limits on the age of evidence under these rules. */
  readonly agesUnder: (rules: readonly Rule[]) => Ages
  readonly worlds: readonly WorldVerdict[]
  readonly plans: readonly Plan[]
  readonly missing: readonly FactorId[]
  /** The names of the deciding rules. */
  readonly rules: readonly string[]
}

/** A world, the evidence that counts in it, and the results of its flows. */
export interface WorldVerdict {
  readonly world: World
  readonly evidence: readonly Evidence[]
  readonly results: readonly FlowResult[]
}

/** Whether the requested acr values are a preference: a client without `strict`, and no essential `acr`. */
export const isVoluntary = ({ strict }: ClientRules, { acrValues, essentialAcr }: AuthorizationRequest): boolean =>
  !strict && essentialAcr === null && acrValues.length > 0

/**
 * Decides what a request needs under a client's rules. Voluntary acr values that no flow can meet are dropped: the
 * sign-in then ends with the acr that was reached.
 */
export function decide(clientRules: ClientRules, request: AuthorizationRequest, facts: Facts): Decision {
  const decided = decideBy(clientRules, request, facts, request)
  if (decided.plans.length > 0) return decided
  const young = agingOf(request, clientRules)
  const anew = young && decideBy(clientRules, request, facts, young)
  if (anew && anew.plans.length > 0) return anew
  return isVoluntary(clientRules, request) ? decideUnnarrowed(clientRules, request, facts) : decided
}

/** The decision without the requested acr values. A request with acr values gets no grace here, either. */
export const decideUnnarrowed = (clientRules: ClientRules, request: AuthorizationRequest, facts: Facts): Decision =>
  decideBy(clientRules, request, facts, { acrValues: [], essentialAcr: null })

/**
 * The requested values that limit the age of evidence, for a second attempt when no flow can meet all values; null when
 * all or none of the values do. A value without a limit beside them keeps old evidence, which then fills steps that the
 * limited value needs proven anew.
 */
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
      results: flowResultsOf({ clientRules: clientRules, request, acr, facts, world, evidence, enrolled }),
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

/**
 * The greatest age, in milliseconds, that any requested value admits. Older evidence is discarded, so that its step is
 * asked again.
 */
function ageOf(acr: RequestedAcr, { vocabulary }: ClientRules): number {
  const ages = requestedValues(acr, vocabulary)?.map(({ meaning }) => withinMsOf(meaning)) ?? []
  return ages.length > 0 ? Math.max(...ages) : Number.POSITIVE_INFINITY
}

/** Decides equal worlds once: before the first proof there are as many worlds as rules, and many rules are alike. */
function onceEach(judge: (world: World) => WorldVerdict): (world: World) => WorldVerdict {
  const verdicts = new Map<World['flows'], WorldVerdict>()
  return (world) => {
    const like = world.rules.length === 1 ? verdicts.get(world.flows) : undefined
    const [rule, other] = [world.rules[0], like?.world.rules[0]]
    const isAlike = rule?.fresh === other?.fresh && rule?.enrol === other?.enrol && rule?.renew === other?.renew
    if (like && isAlike) return { world, evidence: like.evidence, results: like.results }
    const verdict = judge(world)
    verdicts.set(world.flows, verdict)
    return verdict
  }
}

/** Why evidence does not belong to this person; null when it does. */
export const notTheirs = (one: Evidence, { account, enrolled }: Facts): Discarded | null => {
  if (one.account !== account) return 'somebody-else'
  return enrolled && !enrolled.some(({ id }) => id === one.authenticator) ? 'authenticator-gone' : null
}
