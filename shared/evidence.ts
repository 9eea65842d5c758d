import type { Method } from './amr/methods.ts'
import type { FactorId } from './factors/index.ts'

/** The kinds of factor of NIST SP 800-63-4: something you know, have, are. */
export type Kind = 'knows' | 'has' | 'is'

/** What one verified answer proves, before anybody writes it down. */
export interface Proof {
  readonly methods: readonly Method[]
  readonly proves: readonly Kind[]
}

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
