import type { Vocabulary } from '../../acr/meaning.ts'
import type { Dialect } from '../../amr/dialect.ts'
import type { FactorId } from '../../factors/table.ts'
import type { Policy } from '../rules/policy.ts'

/** How a client's requests are decided: its policy, its acr vocabulary and its amr dialect. */
export interface ClientRules {
  readonly policy: Policy
  readonly vocabulary: Vocabulary
  /** A flow whose evidence gives no word in the dialect cannot finish a sign-in at this client. */
  readonly dialect: Dialect
  /** Whether a request fails when its acr_values cannot be met. */
  readonly strict: boolean
  /** The client requires `amr` in every token, and so gets no grace: no step may be skipped. */
  readonly requiresAmr: boolean
}

/** A step that a person without an authenticator for it may skip, and until when (epoch milliseconds). */
export interface GraceStep {
  readonly factors: readonly FactorId[]
  readonly until: number
}
