import type { Vocabulary } from '../../acr/meaning.ts'
import type { Dialect } from '../../amr/dialect.ts'
import type { FactorId } from '../../factors/table.ts'
import type { Policy } from '../rules/policy.ts'

/** How a client's requests are to be taken. */
export interface ClientRules {
  readonly policy: Policy
  readonly vocabulary: Vocabulary
  /** What it cannot say is no way to finish a sign-in here. */
  readonly dialect: Dialect
  /** Whether an acr_values that cannot be met fails. */
  readonly strict: boolean
  /** The client cannot use a token that says nothing: nobody is let off a step. */
  readonly requiresAmr: boolean
}

/** A step that somebody was let off because they have nothing for it yet, and until when (epoch milliseconds). */
export interface GraceStep {
  readonly factors: readonly FactorId[]
  readonly until: number
}
