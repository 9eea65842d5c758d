import type { EnrolledFactor } from '../../authenticator.ts'
import type { Evidence } from '../../evidence.ts'
import type { Proof } from '../../factors/contract.ts'
import { traitsOf } from '../../factors/table.ts'
import { accepts, type Choice, type Flow, potentialOf, type Step } from '../rules/policy.ts'

/** What an ending is looked for among: what is proven, and what the person has; null where that is not known. */
export interface Holdings {
  readonly carried: readonly Evidence[]
  readonly enrolled: readonly EnrolledFactor[] | null
  readonly now: number
}
type Filled = ReadonlyMap<number, Evidence>
type Satisfies = (ending: readonly Evidence[]) => boolean

/**
 * What is left of a flow whose finished evidence must satisfy a predicate; null when it cannot. As much of what is
 * proven as possible is not asked again; of each step that is, the choices stay that can still end well.
 */
export function endingWell(flow: Flow, holdings: Holdings, satisfies: Satisfies): Flow | null {
  for (const filled of arrangementsOf(flow, holdings.carried)) {
    const open = opened(flow, filled, holdings.carried)
    const canEnd = search(open, filled, holdings, satisfies)
    if (!canEnd(null)) continue
    return open.map((step, at) => {
      const by = filled.get(at)
      return by
        ? step.filter((choice) => accepts(choice, by))
        : step.flatMap((choice) => kept(choice, at, canEnd)).filter(first)
    })
  }
  return null
}

/** All ways to fill steps with evidence, no authenticator twice; those that fill most come first. */
function arrangementsOf(flow: Flow, evidence: readonly Evidence[]): readonly Filled[] {
  const from = (step: number, filled: Filled): readonly Filled[] => {
    const choices = flow[step]
    if (!choices) return [filled]
    const used = [...filled.values()].map(({ authenticator }) => authenticator)
    const fitting = evidence.filter(
      (one) => !used.includes(one.authenticator) && choices.some((choice) => accepts(choice, one)),
    )
    return [...fitting.map((one) => new Map([...filled, [step, one]])), filled].flatMap((next) => from(step + 1, next))
  }
  return [...from(0, new Map())].sort((a, b) => b.size - a.size)
}

/** A step that is not to be filled by what is proven already is asked for something else, or for more. */
const opened = (flow: Flow, filled: Filled, carried: readonly Evidence[]): Flow => {
  const used = [...filled.values()].map(({ authenticator }) => authenticator)
  const spare = carried.filter(({ authenticator }) => !used.includes(authenticator))
  return flow.map((step, at) =>
    filled.has(at) ? step : step.flatMap(stricter).filter((choice) => !spare.some((one) => accepts(choice, one))),
  )
}

/** A choice, and what more could be demanded of it. */
const stricter = (choice: Choice): readonly Choice[] =>
  traitsOf(choice.factor).takesUv && choice.uv !== 'required' ? [choice, { ...choice, uv: 'required' }] : [choice]

type CanEnd = (pinned: { readonly step: number; readonly choice: Choice; readonly proof: Proof } | null) => boolean

/** Bounded: over the choices of the open steps, what each can prove, and what the person has. */
function search(flow: Flow, filled: Filled, { carried, enrolled }: Holdings, satisfies: Satisfies): CanEnd {
  const used = [...filled.values()].map(({ authenticator }) => authenticator)
  return (pinned) => {
    const walk = (step: number, ending: readonly Evidence[], free: readonly EnrolledFactor[] | undefined): boolean => {
      const choices = flow[step]
      if (!choices) return satisfies(ending)
      if (filled.has(step)) return walk(step + 1, ending, free)
      return choices.some((choice) => {
        const pin = pinned?.step === step ? pinned : null
        if (pin && pin.choice !== choice) return false
        const taken = free?.find(({ factor }) => factor === choice.factor)
        if (free && !taken) return false
        const rest = free?.filter((one) => one !== taken)
        const proofs = pin ? [pin.proof] : potentialOf(choice)
        return proofs.some((proof) => walk(step + 1, [...ending, supposed(choice, proof, step)], rest))
      })
    }
    return walk(
      0,
      carried,
      enrolled?.filter(({ id }) => !used.includes(id)),
    )
  }
}

/** A choice with which it can end well; the stricter one beside it stands in where only what that proves can. */
function kept(choice: Choice, step: number, canEnd: CanEnd): readonly Choice[] {
  const ends = potentialOf(choice).filter((proof) => canEnd({ step, choice, proof }))
  const isLax = traitsOf(choice.factor).takesUv && choice.uv !== 'required'
  return ends.some(({ proves }) => !isLax || proves.length === 1) ? [choice] : []
}

const first = ({ factor }: Choice, at: number, step: Step) => step.findIndex((one) => one.factor === factor) === at

const supposed = ({ factor }: Choice, proof: Proof, step: number): Evidence => ({
  ...proof,
  id: '',
  account: '',
  factor,
  authenticator: `the one of step ${step}`,
  at: Number.POSITIVE_INFINITY,
  current: true,
})
