import type { Proof } from '../factors/contract.ts'
import type { FactorId } from '../factors/table.ts'
import type { Explanation } from '../policy/tools/explain.ts'
import type { Outcome } from '../policy/tools/simulate.ts'

/** A relying party of the bench. */
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

/** A code of a demo authenticator, for a tester without the device. Instants are ISO 8601. */
export interface BenchCode {
  readonly factor: FactorId
  readonly label: string
  readonly code: string
  /** When the code expires; null when it does not. */
  readonly until: string | null
  /** The instant until which codes, the shown code included, are used up; null when the shown code can be used. */
  readonly usedUntil: string | null
}

/** The text messages to the demo's phones, the latest first, and the simulated fault for the next messages. */
export interface BenchOutbox {
  readonly chaos: BenchChaos
  readonly chaoses: readonly BenchChaos[]
  readonly texts: readonly {
    readonly id: number
    readonly at: string
    /** The masked phone number. */
    readonly to: string
    readonly code: string
    readonly body: string
  }[]
}
export type BenchChaos = 'off' | 'fail' | 'delay'

/** The test authority's cards, at `/bench/cards/USERNAME-KIND.p12`. */
export interface BenchCards {
  /** The passphrase of the PKCS #12 files. */
  readonly passphrase: string
  readonly kinds: readonly ('good' | 'expired' | 'revoked' | 'wrong-purpose' | 'unknown-issuer')[]
}

/** One entry of the audit log. */
export interface BenchEvent {
  readonly id: string
  readonly at: string
  readonly kind: 'opened' | 'refused' | 'proven'
  readonly factor: FactorId
  /** The network address. */
  readonly where: string | null
  readonly why: string | null
}

/** One authorization request: its evidence, its audit trail, and the explanation. Instants are ISO 8601. */
export interface BenchRun {
  readonly at: string
  /** The name of the relying party's policy. */
  readonly policy: string
  readonly evidence: readonly (Proof & { readonly id: string; readonly at: string; readonly factor: FactorId })[]
  /** The audit entries of this request, and of the sign-ins whose evidence it uses. */
  readonly trail: readonly BenchEvent[]
  /** The explanation; null when the policy has changed since. */
  readonly why: Explanation | null
}

/** The details of a matrix cell: the decision before the first proof, and the outcome of the sign-in. */
export interface BenchTrace extends Explanation {
  readonly outcome: Outcome
}
