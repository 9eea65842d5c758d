import { meaningOf } from '../../acr/index.ts'
import type { AuthorizationRequest } from '../../authorization-request.ts'
import type { Evidence } from '../../evidence.ts'
import type { FactorId } from '../../factors/table.ts'
import { knownValues } from '../engine/acr-filter.ts'
import type { ClientRules } from '../engine/client-rules.ts'
import { type Discarded, discardedAs } from '../engine/counting.ts'
import { type Decision, decide, notTheirs, type WorldVerdict } from '../engine/decide.ts'
import type { Facts } from '../engine/facts.ts'
import { narrow, type RequestedValue } from '../engine/narrow.ts'
import { type Next, nextOf } from '../engine/next.ts'
import type { FlowResult } from '../engine/plan.ts'
import { droppedIn } from '../engine/worlds.ts'
import { type Seen, truthOf, unmetIn } from '../rules/condition.ts'
import type { Truth } from '../rules/leaf.ts'
import type { Flow, Rule } from '../rules/policy.ts'

/** The explanation of one rule: whether it applies, and every condition that keeps it from applying. */
export interface RuleSeen {
  readonly name: string
  /** `may`: not known yet, or never known. */
  readonly verdict: 'hit' | 'miss' | 'may'
  /** False when an earlier rule decides already. */
  readonly reached: boolean
  readonly decides: boolean
  readonly unmet: readonly Seen[]
}

/** The explanation of one flow of the deciding rules. */
export interface FlowSeen extends Pick<FlowResult, 'missing'> {
  readonly rule: string
  /** `unknown-rule`: which of several rules applies is not known, and the flow is not enough for each of them. */
  readonly because: FlowResult['because'] | 'unknown-rule'
  readonly steps: readonly (readonly FactorId[])[]
  /** The remaining ways through the flow; empty for a dropped flow. */
  readonly ways: readonly (readonly (readonly FactorId[])[])[]
  /** The requested values by which the flow remains; where rules are unknown, the names of the rules that drop it. */
  readonly by: readonly string[]
  /** The missing factors of which the person has an authenticator that too many wrong answers disabled. */
  readonly disabled: readonly FactorId[]
}

export interface ValueSeen {
  readonly value: string
  readonly known: boolean
  /** Whether some flow of the policy can end with this value. */
  readonly usable: boolean
}

export interface EvidenceSeen {
  readonly id: string
  readonly factor: FactorId
  /** Why the evidence does not count; null when it does. */
  readonly discarded: Discarded | null
}

/** The explanation of one decision, built from the decision itself. */
export interface Explanation {
  readonly next: Next
  readonly rules: readonly RuleSeen[]
  readonly values: readonly ValueSeen[]
  readonly flows: readonly FlowSeen[]
  readonly evidence: readonly EvidenceSeen[]
  /** Factors that cannot be the first in an unknown browser, because strangers guessed too often. */
  readonly shutForStrangers: readonly FactorId[]
}

export function explain(clientRules: ClientRules, request: AuthorizationRequest, facts: Facts): Explanation {
  const decided = decide(clientRules, request, facts)
  return {
    next: nextOf(decided, facts),
    rules: rulesSeen(clientRules.policy.rules, decided),
    values: valuesSeen(clientRules, request, decided, facts.now),
    flows: decided.worlds.flatMap((judged) => flowsSeen(judged, clientRules, request, facts)),
    evidence: evidenceSeen(request, facts, decided),
    shutForStrangers: (facts.enrolled ?? []).flatMap((one) => (one.shutForStrangers ? [one.factor] : [])),
  }
}

function flowsSeen(
  { results, evidence, world }: WorldVerdict,
  clientRules: ClientRules,
  request: AuthorizationRequest,
  facts: Facts,
): readonly FlowSeen[] {
  const rule = world.rules.map(({ name }) => name).join(' + ')
  const judged = results.map(({ flow, plans, because, missing }) => ({
    rule,
    steps: factorsIn(flow),
    ways: plans.map(({ progress }) => factorsIn(progress.flow)),
    because,
    missing,
    by: wantedIn(clientRules, request)
      .filter((one) => canMeet(flow, one, evidence, facts.now))
      .map(({ value }) => value),
    disabled: missing.filter((one) => facts.enrolled?.some(({ factor, disabled }) => disabled && factor === one)),
  }))
  const dropped = droppedIn(world).map(({ flow, by }) => {
    const nothing = { ways: [], missing: [], disabled: [] }
    return { rule, steps: factorsIn(flow), because: 'unknown-rule' as const, by, ...nothing }
  })
  return [...judged, ...dropped]
}

const canMeet = (flow: Flow, wanted: RequestedValue, carried: readonly Evidence[], now: number) =>
  narrow({ flow, levels: [] }, [wanted], { carried, enrolled: null, now }).length > 0
const factorsIn = (flow: Flow) => flow.map((step) => step.map(({ factor }) => factor))
const wantedIn = ({ vocabulary }: ClientRules, { essentialAcr, acrValues }: AuthorizationRequest) =>
  knownValues([...new Set([...(essentialAcr ?? []), ...acrValues])], vocabulary)

const shown = { hit: 'hit', miss: 'miss', undecided: 'may', unknown: 'may' } as const satisfies Record<Truth, string>

function rulesSeen(rules: readonly Rule[], { circumstances, rules: deciding }: Decision): readonly RuleSeen[] {
  const truths = rules.map(({ when }) => truthOf(when, circumstances))
  const last = truths.indexOf('hit')
  return rules.map(({ name, when }, at) => ({
    name,
    verdict: shown[truths[at] ?? 'unknown'],
    reached: last === -1 || at <= last,
    decides: deciding.includes(name),
    unmet: unmetIn(when, circumstances),
  }))
}

function valuesSeen(
  clientRules: ClientRules,
  request: AuthorizationRequest,
  { worlds }: Decision,
  now: number,
): readonly ValueSeen[] {
  const values = [...new Set([...(request.essentialAcr ?? []), ...request.acrValues])]
  return values.map((value) => {
    const meaning = meaningOf(value, clientRules.vocabulary)
    const usable = worlds.some(
      ({ world, evidence }) => meaning && world.flows.some((flow) => canMeet(flow, { value, meaning }, evidence, now)),
    )
    return { value, known: meaning !== null, usable }
  })
}

function evidenceSeen(
  { subject }: AuthorizationRequest,
  facts: Facts,
  { agesUnder, worlds }: Decision,
): readonly EvidenceSeen[] {
  const ages = agesUnder(worlds.flatMap(({ world }) => world.rules))
  const isOfAnother = subject !== null && subject !== facts.account
  const counts = new Set(worlds.flatMap(({ evidence }) => evidence.map(({ id }) => id)))
  return facts.evidence.map((one) => {
    const { id, factor } = one
    if (counts.has(id)) return { id, factor, discarded: null }
    const unlike = isOfAnother ? 'somebody-else' : notTheirs(one, facts)
    return { id, factor, discarded: unlike ?? discardedAs(one, ages) ?? 'proven-again' }
  })
}
