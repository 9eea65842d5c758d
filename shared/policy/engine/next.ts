import type { EnrolledFactor } from '../../authenticator.ts'
import { usableOf } from '../../authenticator.ts'
import type { AuthorizationRequest } from '../../authorization-request.ts'
import type { Evidence } from '../../evidence.ts'
import type { FactorId } from '../../factors/table.ts'
import type { Refusal } from '../../refusal.ts'
import type { Choice } from '../rules/policy.ts'
import { acrOf } from './acr-filter.ts'
import type { ClientRules, GraceStep } from './client-rules.ts'
import { type Decision, decide } from './decide.ts'
import type { Facts } from './facts.ts'
import { type FlowProgress, openStep, stepOptionsOf } from './flow-progress.ts'
import type { Plan } from './plan.ts'
import { renewalOf } from './renewal.ts'

/** The state of one step of a flow. */
export interface StepState {
  readonly factors: readonly FactorId[]
  readonly state: 'passed' | 'open' | 'ahead'
}

/** One way to go on: a factor, the authenticators that can answer (null: not known), and the steps of the flow. */
export interface Offer extends Choice {
  readonly authenticators: readonly string[] | null
  readonly doors: readonly StepState[]
}

export type Next =
  /** Nobody is named yet: the choices of the first steps, some of which name the person by their answer. */
  | { readonly is: 'identify'; readonly offers: readonly Offer[] }
  | {
      readonly is: 'answer'
      /** Whether some evidence counts: only then anything about the person may be shown. */
      readonly hasProof: boolean
      readonly offers: readonly [Offer, ...Offer[]]
      readonly rules: readonly string[]
    }
  | {
      readonly is: 'enrol'
      /** `missing`: no authenticator for the open step. `recovered`: renewal after a recovery code. */
      readonly because: 'missing' | 'recovered'
      readonly factors: readonly FactorId[]
      readonly doors: readonly StepState[]
      readonly rules: readonly string[]
    }
  | {
      readonly is: 'done'
      readonly acr: string
      readonly evidence: readonly Evidence[]
      readonly doors: readonly StepState[]
      readonly owed: GraceStep | null
      readonly rules: readonly string[]
    }
  /** `missing`: factors without an authenticator, one of which would be enough. */
  | { readonly is: 'refuse'; readonly why: Refusal; readonly missing: readonly FactorId[] }

/** The next step, as it follows from `decide`, which keeps the flows that can be finished; acr-filter.ts narrows them. */
export const next = (clientRules: ClientRules, request: AuthorizationRequest, facts: Facts): Next =>
  nextOf(decide(clientRules, request, facts), facts)

const refuse = (code: Refusal['code'], missing: readonly FactorId[] = []): Next => ({
  is: 'refuse',
  why: { code },
  missing,
})

/** The next step that follows from a decision. */
export function nextOf(decided: Decision, facts: Facts): Next {
  if (decided.refused) return refuse(decided.refused)
  const { plans, hasProof, rules } = decided
  if (plans.length === 0) return decided.missing.length > 0 ? refuse('not-enrolled', decided.missing) : refuse('unmet')

  const renewable = decided.worlds.flatMap(({ world }) => world.rules)
  for (const { progress, wanted, evidence, owed } of plans) {
    const acr = openStep(progress) === null && evidence.length > 0 ? acrOf(wanted, evidence, facts.now) : null
    const renewing = acr ? renewalOf(renewable, facts, evidence) : []
    if (renewing.length > 0)
      return { is: 'enrol', because: 'recovered', factors: renewing, doors: doorsOf(progress), rules }
    if (acr) return { is: 'done', acr, evidence, doors: doorsOf(progress), owed, rules }
  }
  if (!facts.named) return { is: 'identify', offers: offersOf(plans, null) }

  const [first, ...rest] = offersOf(plans, hasProof ? usableOf(facts.enrolled) : null)
  if (first) return { is: 'answer', hasProof, offers: [first, ...rest], rules }
  const enrolling = plans.find(({ enrol }) => enrol.length > 0)
  return enrolling
    ? { is: 'enrol', because: 'missing', factors: enrolling.enrol, doors: doorsOf(enrolling.progress), rules }
    : refuse('unmet')
}

/** The choices of the open step of every flow that can be finished, the furthest flow's first; each factor once. */
function offersOf(plans: readonly Plan[], enrolled: readonly EnrolledFactor[] | null): readonly Offer[] {
  const furthest = [...plans].sort((a, b) => b.progress.filled.size - a.progress.filled.size)
  const offers = furthest
    .filter(({ enrol }) => enrol.length === 0)
    .flatMap(({ progress }) => {
      const doors = doorsOf(progress)
      return stepOptionsOf(progress, enrolled).map(({ choice, authenticators }) => ({
        ...choice,
        authenticators,
        doors,
      }))
    })
  return offers.filter(({ factor }, at) => offers.findIndex((other) => other.factor === factor) === at)
}

function doorsOf(progress: FlowProgress): readonly StepState[] {
  const open = openStep(progress)
  return progress.flow.map((step, at) => {
    const by = progress.filled.get(at)
    if (by) return { factors: [by.factor], state: 'passed' }
    return { factors: step.map(({ factor }) => factor), state: at === open ? 'open' : 'ahead' }
  })
}
