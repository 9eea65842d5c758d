import type { Proof } from './factors/contract.ts'
import type { FactorId } from './factors/table.ts'

/** One verified challenge: the only source of an `amr` value. */
export interface Evidence extends Proof {
  readonly id: string
  readonly account: string
  readonly factor: FactorId
  readonly authenticator: string
  /** From when the age of the evidence counts: its verification, or the end of its sign-in once that is finished (epoch milliseconds). */
  readonly at: number
  /** Verified in the current sign-in: never stale, whatever the request's `max_age` or `prompt`. */
  readonly current: boolean
}
