import type { Proof } from '../factors/contract.ts'
import type { FactorId } from '../factors/table.ts'
import type { Explanation } from '../policy/tools/explain.ts'
import type { Outcome } from '../policy/tools/simulate.ts'

/** What the bench asks its server for. */
export interface BenchClient {
  readonly id: string
  readonly name: string
  readonly policy: string
  readonly dialect: string
  /** The algorithm of its ID tokens. */
  readonly alg: string
}

export interface BenchPerson {
  readonly username: string
  readonly name: string
  readonly groups: readonly string[]
  readonly password: string | null
}

/** What a tester is handed instead of a device. Instants are ISO 8601. */
export interface BenchCode {
  readonly factor: FactorId
  readonly label: string
  readonly code: string
  /** Null when it does not end. */
  readonly until: string | null
  /** Codes before this instant are used up, also the one that is shown; null when it can be used. */
  readonly usedUntil: string | null
}

/** The text messages that the demo's phones were sent, the latest first, and what befalls the next ones. */
export interface BenchOutbox {
  readonly chaos: BenchChaos
  readonly chaoses: readonly BenchChaos[]
  readonly texts: readonly {
    readonly id: number
    readonly at: string
    /** Masked. */
    readonly to: string
    readonly code: string
    readonly body: string
  }[]
}
export type BenchChaos = 'off' | 'fail' | 'delay'

/** The cards of the test authority: `/bench/cards/USERNAME-KIND.p12`, and the authority itself. */
export interface BenchCards {
  /** To import them with. */
  readonly passphrase: string
  readonly kinds: readonly ('good' | 'expired' | 'revoked' | 'wrong-purpose' | 'unknown-issuer')[]
}

/** What was written of one challenge. */
export interface BenchEvent {
  readonly id: string
  readonly at: string
  readonly kind: 'opened' | 'refused' | 'proven'
  readonly factor: FactorId
  /** The network address. */
  readonly where: string | null
  readonly why: string | null
}

/** One request: the evidence behind what it came to, everything that happened, and why. Instants are ISO 8601. */
export interface BenchRun {
  readonly at: string
  /** The name of the relying party's policy. */
  readonly policy: string
  readonly evidence: readonly (Proof & { readonly id: string; readonly at: string; readonly factor: FactorId })[]
  /** Everything that happened in it, and in the sign-ins that it rests on. */
  readonly trail: readonly BenchEvent[]
  /** Null when the policy has changed since. */
  readonly why: Explanation | null
}

/** A cell of the matrix, opened: the decision before anybody has proven anything, and how the sign-in would end. */
export interface BenchTrace extends Explanation {
  readonly outcome: Outcome
}
