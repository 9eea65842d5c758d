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

/** A flow that can be finished, with its progress. */
export interface Plan {
  readonly progress: FlowProgress
  readonly wanted: FilteredFlow['wanted']
  readonly evidence: readonly Evidence[]
  readonly owed: GraceStep | null
  /** The factors one of which the person is to enrol for the open step; empty when the step needs an answer. */
  readonly enrol: readonly FactorId[]
}

/** The result of one flow of a policy. */
export interface FlowResult {
  readonly flow: Flow
  readonly because: 'kept' | 'narrowed' | 'acr' | 'dialect' | 'not-fresh' | 'not-enrolled'
  /** Factors without an authenticator, one of which would keep the flow. */
  readonly missing: readonly FactorId[]
  /** The ways to finish the flow that the request and the person's authenticators allow. */
  readonly plans: readonly Plan[]
}

interface Given {
  readonly clientRules: ClientRules
  readonly request: AuthorizationRequest
  /** The acr values that narrow flows; without a voluntary client's values that no flow can meet. */
  readonly acr: RequestedAcr
  readonly facts: Facts
  readonly world: World
  readonly evidence: readonly Evidence[]
  /** The person's usable authenticators; null before the first proof, for everybody. */
  readonly enrolled: readonly EnrolledFactor[] | null
}

/** The result of each flow of a world. */
export const flowResultsOf = (given: Given): readonly FlowResult[] =>
  given.world.flows.map((flow) => flowResultOf(flow, given))

function flowResultOf(flow: Flow, given: Given): FlowResult {
  const servable = freshPart(flow, given)
  if (!servable) return { flow, because: 'not-fresh', missing: [], plans: [] }
  const { clientRules, acr, facts, evidence } = given
  const holdings = { carried: evidence, enrolled: null, now: facts.now }
  const { ways, wanted } = filterFlow(clientRules, acr, servable, holdings)
  if (ways.length === 0) return { flow, because: wanted ? 'acr' : 'dialect', missing: [], plans: [] }
  const tries = ways.map((way) => planOf(way, wanted, given))
  const plans = tries.flatMap((one) => one.plan ?? [])
  if (plans.length === 0) return { flow, because: 'not-enrolled', missing: tries.flatMap((one) => one.missing), plans }
  const isWhole = plans.some(({ progress }) => isSameFlow(progress.flow, flow))
  return { flow, because: isWhole ? 'kept' : 'narrowed', missing: [], plans }
}

/** The plan for one way through a flow; null with the missing factors when the person cannot finish. */
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

/** Evidence that allows enrolment: not of a session that was left open in a browser (NIST SP 800-63B-4 §4.1.2.1). */
const justProven = ({ evidence }: Given) => evidence.filter(({ current }) => current)

const factorsIn = (flow: Flow) => [...new Set(flow.flat().map(({ factor }) => factor))]
const others = (flow: Flow, own: Flow) => factorsIn(flow).filter((factor) => !factorsIn(own).includes(factor))

/** The flow without factors that cannot be fresh; null when a step has no other factor. */
function freshPart(flow: Flow, { request, world }: Given): Flow | null {
  const spans = freshOf(world.rules)
  const steps = flow.map((step) => step.filter(({ factor }) => canServe(factor, { request, fresh: spans })))
  return steps.every((step) => step.length > 0) ? steps : null
}

/** The shortest span of each factor over the rules that may apply. */
export const freshOf = (rules: readonly Rule[]): Rule['fresh'] =>
  rules.reduce<Record<string, number>>((spans, rule) => {
    for (const [factor, span] of Object.entries(rule.fresh))
      spans[factor] = Math.min(span, spans[factor] ?? Number.POSITIVE_INFINITY)
    return spans
  }, {})

interface Own {
  readonly flow: Flow
  readonly owed: GraceStep | null
  /** The factors to enrol for the open step; empty while an earlier step is open, null without an enrolment. */
  readonly enrol: readonly FactorId[] | null
  readonly missing: readonly FactorId[]
}

/** The part of a flow that the person has authenticators for; the rest is enrolled, skipped in grace, or missing. */
function ownPart(flow: Flow, given: Given): Own {
  const { clientRules, request, facts, world, evidence, enrolled } = given
  if (!enrolled) return { flow, owed: null, enrol: null, missing: [] }
  const has = new Set([...enrolled, ...evidence].map(({ factor }) => factor))
  const progress = progressOf(flow, evidence, enrolled)
  const lacks = (at: number) => progress.lacking.includes(at)
  const own = flow.map((step, at) => (lacks(at) ? step : step.filter(({ factor }) => has.has(factor))))
  const [first] = progress.lacking
  if (first === undefined) return { flow: own, owed: null, enrol: null, missing: [] }

  const factors = (flow[first] ?? []).map(({ factor }) => factor)
  // Guessing cannot remove a step: a person whose authenticator for it is disabled gets neither grace nor enrolment.
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
