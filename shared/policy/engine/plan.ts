import type { EnrolledFactor } from '../../authenticator.ts'
import type { AuthorizationRequest } from '../../authorization-request.ts'
import type { Evidence } from '../../evidence.ts'
import { type FactorId, traitsOf } from '../../factors/table.ts'
import type { Flow, Rule } from '../rules/policy.ts'
import { asksForAcr, type FilteredFlow, filterFlow, type RequestedAcr } from './acr-filter.ts'
import type { ClientRules, GraceStep } from './client-rules.ts'
import { canServe } from './counting.ts'
import type { Facts } from './facts.ts'
import { type FlowProgress, progressOf } from './flow-progress.ts'
import { isSameFlow, refine, type Way } from './narrow.ts'
import type { World } from './worlds.ts'

/** One flow that can be finished, as far as it has come. */
export interface Plan {
  readonly progress: FlowProgress
  readonly wanted: FilteredFlow['wanted']
  readonly evidence: readonly Evidence[]
  readonly owed: GraceStep | null
  /** The open step is one that the person is to enrol for: with one of these. */
  readonly enrol: readonly FactorId[]
}

/** What became of one flow of a policy. */
export interface FlowResult {
  readonly flow: Flow
  readonly because: 'kept' | 'narrowed' | 'acr' | 'dialect' | 'not-fresh' | 'not-enrolled'
  /** Factors of which the person has none, and one of which would keep the flow. */
  readonly missing: readonly FactorId[]
  /** The ways in which the request and the person's authenticators let it be finished. */
  readonly plans: readonly Plan[]
}

interface Given {
  readonly terms: ClientRules
  readonly request: AuthorizationRequest
  /** The values that narrow: a voluntary client's that nobody can meet do not. */
  readonly acr: RequestedAcr
  readonly facts: Facts
  readonly world: World
  readonly evidence: readonly Evidence[]
  /** Null until the first proof, for everybody. */
  readonly enrolled: readonly EnrolledFactor[] | null
}

/** What remains of each flow of a world. */
export const flowResultsOf = (given: Given): readonly FlowResult[] =>
  given.world.flows.map((flow) => flowResultOf(flow, given))

function flowResultOf(flow: Flow, given: Given): FlowResult {
  const servable = freshPart(flow, given)
  if (!servable) return { flow, because: 'not-fresh', missing: [], plans: [] }
  const { terms: clientRules, acr, facts, evidence } = given
  const holdings = { carried: evidence, enrolled: null, now: facts.now }
  const { ways, wanted } = filterFlow(clientRules, acr, servable, holdings)
  if (ways.length === 0) return { flow, because: wanted ? 'acr' : 'dialect', missing: [], plans: [] }
  const tries = ways.map((way) => planOf(way, wanted, given))
  const plans = tries.flatMap((one) => one.plan ?? [])
  if (plans.length === 0) return { flow, because: 'not-enrolled', missing: tries.flatMap((one) => one.missing), plans }
  const isWhole = plans.some(({ progress }) => isSameFlow(progress.flow, flow))
  return { flow, because: isWhole ? 'kept' : 'narrowed', missing: [], plans }
}

/** The plan for one way through a flow; without one, what is missing for it. */
function planOf(way: Way, wanted: FilteredFlow['wanted'], given: Given) {
  const { enrolled, facts } = given
  const own = ownPart(way.flow, given)
  if (own.missing.length > 0 && own.enrol === null) return { missing: own.missing, plan: null }
  const evidence = own.enrol === null ? given.evidence : justProven(given)
  const left = refine({ ...way, flow: own.flow }, { carried: evidence, enrolled, now: facts.now })
  if (!left) return { missing: others(way.flow, own.flow), plan: null }
  const progress = progressOf(left.flow, evidence, enrolled)
  if (progress.lacking.length > 0 && own.enrol === null)
    return { missing: factorsIn(progress.lacking.map((at) => left.flow[at] ?? [])), plan: null }
  return { missing: [], plan: { progress, wanted, evidence, owed: own.owed, enrol: own.enrol ?? [] } }
}

/** Something new is for whoever is here now, and not for a browser that was left open (NIST SP 800-63B-4 §4.1.2.1). */
const justProven = ({ evidence }: Given) => evidence.filter(({ current }) => current)

const factorsIn = (flow: Flow) => [...new Set(flow.flat().map(({ factor }) => factor))]
const others = (flow: Flow, own: Flow) => factorsIn(flow).filter((factor) => !factorsIn(own).includes(factor))

/** Steps without the factors that cannot be fresh; null when a step has no other. */
function freshPart(flow: Flow, { request, world }: Given): Flow | null {
  const spans = freshOf(world.rules)
  const steps = flow.map((step) => step.filter(({ factor }) => canServe(factor, { request, fresh: spans })))
  return steps.every((step) => step.length > 0) ? steps : null
}

/** Of several rules that may apply, the shortest span of each factor. */
export const freshOf = (rules: readonly Rule[]): Rule['fresh'] =>
  rules.reduce<Record<string, number>>((spans, rule) => {
    for (const [factor, span] of Object.entries(rule.fresh))
      spans[factor] = Math.min(span, spans[factor] ?? Number.POSITIVE_INFINITY)
    return spans
  }, {})

interface Own {
  readonly flow: Flow
  readonly owed: GraceStep | null
  /** The factors to enrol for the open step; none while an earlier one is open, null when nothing is to be enrolled. */
  readonly enrol: readonly FactorId[] | null
  readonly missing: readonly FactorId[]
}

/** What of a flow the person has authenticators for, and what becomes of the rest: enrolled, let off, or missing. */
function ownPart(flow: Flow, given: Given): Own {
  const { terms: clientRules, request, facts, world, evidence, enrolled } = given
  if (!enrolled) return { flow, owed: null, enrol: null, missing: [] }
  const has = new Set([...enrolled, ...evidence].map(({ factor }) => factor))
  const progress = progressOf(flow, evidence, enrolled)
  const lacks = (at: number) => progress.lacking.includes(at)
  const own = flow.map((step, at) => (lacks(at) ? step : step.filter(({ factor }) => has.has(factor))))
  const [first] = progress.lacking
  if (first === undefined) return { flow: own, owed: null, enrol: null, missing: [] }

  const factors = (flow[first] ?? []).map(({ factor }) => factor)
  // Nobody guesses a step away: who has something for it that is disabled is neither let off nor given another one.
  const all = facts.enrolled ?? []
  const isStopped = progressOf(flow, evidence, all).lacking.length < progress.lacking.length
  const mayPass = world.rules.length === 1 && !asksForAcr(request) && !clientRules.requiresAmr && !isStopped
  const rule = mayPass ? world.rules[0] : undefined
  const rest = own.filter((_, at) => !lacks(at))
  if (typeof rule?.enrol === 'object' && rest.length > 0) {
    const until = (facts.appliedSince[rule.name] ?? facts.now) + rule.enrol.graceMs
    if (facts.now < until) return { flow: rest, owed: { factors, until }, enrol: null, missing: [] }
  }
  if (rule?.enrol === 'inline' && all.every(isFirstFactor)) {
    const { filled } = progressOf(flow, justProven(given), enrolled)
    const isOpen = filled.size > 0 && flow.every((_, at) => at >= first || filled.has(at))
    return { flow: own, owed: null, enrol: isOpen ? factors : [], missing: factors }
  }
  return { flow: own, owed: null, enrol: null, missing: factors }
}

const isFirstFactor = ({ factor }: EnrolledFactor) =>
  traitsOf(factor).potential.every(({ proves }) => proves.every((kind) => kind === 'knows'))
