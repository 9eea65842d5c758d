import type { EnrolledFactor } from '../../authenticator.ts'
import type { Evidence } from '../../evidence.ts'
import type { Proof } from '../../factors/contract.ts'
import { traitsOf } from '../../factors/table.ts'
import { accepts, type Choice, type Flow, potentialOf, type Step } from '../rules/policy.ts'

/** What a flow can be finished with: carried evidence, and the person's authenticators (null: not known). */
export interface Holdings {
  readonly carried: readonly Evidence[]
  readonly enrolled: readonly EnrolledFactor[] | null
  readonly now: number
}
type Filled = ReadonlyMap<number, Evidence>
type Satisfies = (ending: readonly Evidence[]) => boolean

/**
 * The part of a flow whose finished evidence can satisfy a predicate; null when none can. Carried evidence fills as
 * many steps as possible; each open step keeps the choices with which the flow can still end well.
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
        : step.flatMap((choice) => endingChoices(choice, at, canEnd)).filter(first)
    })
  }
  return null
}

/** All ways to fill steps with evidence, no authenticator twice; the ways that fill most steps come first. */
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

/** Removes choices that spare evidence passes already from open steps: such a step needs something else, or more. */
const opened = (flow: Flow, filled: Filled, carried: readonly Evidence[]): Flow => {
  const used = [...filled.values()].map(({ authenticator }) => authenticator)
  const spare = carried.filter(({ authenticator }) => !used.includes(authenticator))
  return flow.map((step, at) =>
    filled.has(at) ? step : step.flatMap(stricter).filter((choice) => !spare.some((one) => accepts(choice, one))),
  )
}

/** A choice, and its twin with required user verification where the factor can verify. */
const stricter = (choice: Choice): readonly Choice[] =>
  traitsOf(choice.factor).takesUv && choice.uv !== 'required' ? [choice, { ...choice, uv: 'required' }] : [choice]

type CanEnd = (pinned: { readonly step: number; readonly choice: Choice; readonly proof: Proof } | null) => boolean

/** A search over the choices of the open steps, the proofs of each and the person's authenticators, and so bounded. */
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

/**
 * Keeps a choice when some proof it can give lets the flow end with the value. A passkey without required verification
 * stays only if possession alone is enough; otherwise its `uv: required` twin replaces it.
 */
function endingChoices(choice: Choice, step: number, canEnd: CanEnd): readonly Choice[] {
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
