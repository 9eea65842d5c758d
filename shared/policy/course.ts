import type { Evidence } from '../evidence.ts'
import { type FactorId, traitsOf } from '../factors/table.ts'
import type { Flow } from './policy.ts'

/** A flow, and which evidence fills which of its steps. */
export interface Course {
  readonly flow: Flow
  readonly filled: ReadonlyMap<number, Evidence>
}

/**
 * Evidence into steps: as many as can be, the earliest first, in any order of age, one authenticator never twice.
 * Maximum bipartite matching by augmenting paths; a step that is filled stays filled.
 */
export function courseOf(flow: Flow, evidence: readonly Evidence[]): Course {
  const stepOf = new Map<string, number>()
  const chosen = new Map<string, Evidence>()
  const fits = (step: number, one: Evidence) => flow[step]?.includes(one.factor) ?? false

  const fill = (step: number, tried: Set<string>): boolean => {
    for (const one of evidence) {
      if (!fits(step, one) || tried.has(one.authenticator)) continue
      tried.add(one.authenticator)
      const other = stepOf.get(one.authenticator)
      if (other !== undefined && !fill(other, tried)) continue
      stepOf.set(one.authenticator, step)
      chosen.set(one.authenticator, one)
      return true
    }
    return false
  }
  for (const step of flow.keys()) fill(step, new Set())
  const pairs = [...stepOf].map(([authenticator, step]) => [step, chosen.get(authenticator)] as const)
  return { flow, filled: new Map(pairs.flatMap(([step, one]) => (one ? [[step, one]] : []))) }
}

/** The first step that no evidence fills; null when there is none. */
export function openStep({ flow, filled }: Course): number | null {
  const step = flow.findIndex((_, at) => !filled.has(at))
  return step === -1 ? null : step
}

/**
 * Whether some way to finish the course ends with evidence that satisfies a predicate: a bounded search over the factors
 * of its open steps and what each can prove. `pinned` fixes the factor of one step, open or filled.
 */
export function canEnd(
  { flow, filled }: Course,
  carried: readonly Evidence[],
  satisfies: (ending: readonly Evidence[]) => boolean,
  pinned?: { readonly step: number; readonly factor: FactorId },
): boolean {
  const walk = (step: number, ending: readonly Evidence[]): boolean => {
    const choices = flow[step]
    if (!choices) return satisfies(ending)
    const pin = pinned?.step === step ? pinned.factor : null
    const by = filled.get(step)
    if (by) return (pin === null || pin === by.factor) && walk(step + 1, ending)
    return choices
      .filter((factor) => pin === null || pin === factor)
      .some((factor) =>
        traitsOf(factor).potential.some((proof) => walk(step + 1, [...ending, supposed(factor, proof, step)])),
      )
  }
  return walk(0, carried)
}

const supposed = (factor: FactorId, proof: Pick<Evidence, 'methods' | 'proves'>, step: number): Evidence => ({
  ...proof,
  id: '',
  account: '',
  factor,
  authenticator: `the one of step ${step}`,
  at: Number.POSITIVE_INFINITY,
  current: true,
})
