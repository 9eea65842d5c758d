import type { Evidence } from '../evidence.ts'
import type { FactorId } from '../factors/table.ts'

/** What an acr value requires: evidence of one of some factors, or a predicate on the finished evidence as a whole. */
export type Meaning =
  | { readonly is: 'filter'; readonly factors: ReadonlySet<FactorId> }
  | {
      readonly is: 'level'
      readonly met: (evidence: readonly Evidence[], now: number) => boolean
      /** The greatest age in milliseconds of evidence from earlier sign-ins; older evidence does not count. */
      readonly withinMs?: number | undefined
    }

/** The greatest age of evidence that counts for an acr value, in milliseconds; infinite without a limit. */
export const withinMsOf = (meaning: Meaning): number =>
  (meaning.is === 'level' ? meaning.withinMs : undefined) ?? Number.POSITIVE_INFINITY

/** Meanings by acr value. Values are compared exactly. */
export type Vocabulary = Readonly<Record<string, Meaning>>

export const filter = (...factors: readonly FactorId[]): Meaning => ({ is: 'filter', factors: new Set(factors) })

/** Whether finished evidence satisfies an acr value. */
export const satisfied = (meaning: Meaning, evidence: readonly Evidence[], now: number): boolean =>
  meaning.is === 'level' ? meaning.met(evidence, now) : evidence.some(({ factor }) => meaning.factors.has(factor))
