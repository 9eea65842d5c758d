import type { ZodType } from 'zod'
import type { AmrMethod } from './methods.ts'

/** The kinds of factor of NIST SP 800-63-4: something you know, have, are. */
export type FactorKind = 'knows' | 'has' | 'is'

/** What one verified answer proves, before anybody writes it down. */
export interface Proof {
  readonly methods: readonly AmrMethod[]
  readonly proves: readonly FactorKind[]
}

/** What the browser is told when a challenge opens, and what it may answer. */
export interface Exchange {
  readonly prompt: ZodType
  readonly answer: ZodType
}

/** All that both sides of the wire agree on about one factor. */
export interface Contract {
  readonly id: string
  readonly challenge: Exchange
  /** Where somebody can get one by themselves; a question may follow another. */
  readonly enrolment?: Exchange
  /** What the browser is told of all of somebody's, once one of them was proven. */
  readonly told?: ZodType
}
