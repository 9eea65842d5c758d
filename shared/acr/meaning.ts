import type { Evidence } from '../evidence.ts'
import type { FactorId } from '../factors/table.ts'

/** What an acr value asks for: one of some factors, or something of the finished evidence as a whole. */
export type Meaning =
  | { readonly is: 'filter'; readonly factors: ReadonlySet<FactorId> }
  | {
      readonly is: 'level'
      readonly met: (evidence: readonly Evidence[], now: number) => boolean
      /** What is older than so many milliseconds, and not of this sign-in, counts for nothing in it. */
      readonly withinMs?: number | undefined
    }

/** How old a proof may be to count for it, in milliseconds. */
export const withinMsOf = (meaning: Meaning): number =>
  (meaning.is === 'level' ? meaning.withinMs : undefined) ?? Number.POSITIVE_INFINITY

/** Values by their names, compared to the letter. */
export type Vocabulary = Readonly<Record<string, Meaning>>

export const filter = (...factors: readonly FactorId[]): Meaning => ({ is: 'filter', factors: new Set(factors) })

/** Whether finished evidence satisfies it. */
export const satisfied = (meaning: Meaning, evidence: readonly Evidence[], now: number): boolean =>
  meaning.is === 'level' ? meaning.met(evidence, now) : evidence.some(({ factor }) => meaning.factors.has(factor))
