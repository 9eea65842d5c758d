import type { EnrolledFactor } from '../../authenticator.ts'
import type { Evidence } from '../../evidence.ts'
import { accepts, type Choice, type Flow } from '../rules/policy.ts'
import { maximumMatching } from './matching.ts'

/** The progress of a flow: which evidence fills which step, and which steps no authenticator of the person can fill. */
export interface FlowProgress {
  readonly flow: Flow
  readonly filled: ReadonlyMap<number, Evidence>
  readonly lacking: readonly number[]
}

/**
 * Places evidence into the steps of a flow, in any order of age, no authenticator twice. Where the person's
 * authenticators are known, the placement lets these fill the other steps, too.
 */
export function progressOf(
  flow: Flow,
  evidence: readonly Evidence[],
  enrolled: readonly EnrolledFactor[] | null,
): FlowProgress {
  const steps = [...flow.keys()]
  const used = [...Map.groupBy(evidence, ({ authenticator }) => authenticator).values()]
  const proofFor = (proofs: readonly Evidence[], step: number) =>
    proofs.find((one) => (flow[step] ?? []).some((choice) => accepts(choice, one)))
  const proven = maximumMatching(used, steps, (proofs, step) => proofFor(proofs, step) !== undefined)
  const passed = [...proven.values()]
  const others = (enrolled ?? []).filter(({ id }) => !passed.some(([one]) => one?.authenticator === id))

  const placed = maximumMatching<Evidence[] | EnrolledFactor>([...passed, ...others], steps, (thing, step) =>
    Array.isArray(thing)
      ? proofFor(thing, step) !== undefined
      : (flow[step] ?? []).some(({ factor }) => factor === thing.factor),
  )
  const filled = [...placed].flatMap(([step, thing]) => {
    const proof = Array.isArray(thing) ? proofFor(thing, step) : undefined
    return proof ? [[step, proof] as const] : []
  })
  return { flow, filled: new Map(filled), lacking: enrolled ? steps.filter((step) => !placed.has(step)) : [] }
}

/** The index of the first step that no evidence fills; null for a finished flow. */
export function openStep({ flow, filled }: FlowProgress): number | null {
  const step = flow.findIndex((_, at) => !filled.has(at))
  return step === -1 ? null : step
}

/** A choice of the open step, and the authenticators that can answer (null: not known). */
export interface StepOption {
  readonly choice: Choice
  readonly authenticators: readonly string[] | null
}

/** The choices of the open step that leave the person enough for the steps after it. */
export function stepOptionsOf(
  progress: FlowProgress,
  enrolled: readonly EnrolledFactor[] | null,
): readonly StepOption[] {
  const open = openStep(progress)
  const choices = open === null ? [] : (progress.flow[open] ?? [])
  if (!enrolled) return choices.map((choice) => ({ choice, authenticators: null }))
  const used = new Set([...progress.filled.values()].map(({ authenticator }) => authenticator))
  const free = enrolled.filter(({ id }) => !used.has(id))
  const rest = [...progress.flow.keys()].filter(
    (step) => step !== open && !progress.filled.has(step) && !progress.lacking.includes(step),
  )
  return choices
    .map((choice) => {
      const usable = free.filter((one) => one.factor === choice.factor && leavesEnough(progress.flow, rest, free, one))
      return { choice, authenticators: usable.map(({ id }) => id) }
    })
    .filter(({ authenticators }) => authenticators.length > 0)
}

function leavesEnough(
  flow: Flow,
  rest: readonly number[],
  free: readonly EnrolledFactor[],
  taken: EnrolledFactor,
): boolean {
  const others = free.filter((one) => one !== taken)
  return (
    maximumMatching(others, rest, ({ factor }, step) => (flow[step] ?? []).some((choice) => choice.factor === factor))
      .size === rest.length
  )
}
