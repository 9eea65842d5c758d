import type { Proof } from './factors/contract.ts'
import type { FactorId } from './factors/table.ts'

/** One verified challenge: the only thing that an `amr` value is ever made from. */
export interface Evidence extends Proof {
  readonly id: string
  readonly account: string
  readonly factor: FactorId
  readonly authenticator: string
  /** When it was proven, in epoch milliseconds. */
  readonly at: number
  /** Proven in the sign-in under way: never stale, whatever the request's `max_age` or `prompt`. */
  readonly current: boolean
}
