import type { ZodType } from 'zod'
import type { AmrMethod } from './methods.ts'

/** The kinds of factor of NIST SP 800-63-4: something you know, something you have, something you are. */
export type FactorKind = 'knows' | 'has' | 'is'

/** What one verified answer proves: the part of evidence that depends on the factor alone. */
export interface Proof {
  readonly methods: readonly AmrMethod[]
  readonly proves: readonly FactorKind[]
}

/** The schemas of a challenge on the wire: the prompt sent to the browser, and the answer accepted from it. */
export interface Exchange {
  readonly prompt: ZodType
  readonly answer: ZodType
}

/** The wire contract of one factor, shared by browser and server. */
export interface Contract {
  readonly id: string
  readonly challenge: Exchange
  /** Present where a person can enrol the factor by themselves. An enrolment may ask several questions in turn. */
  readonly enrolment?: Exchange
  /** What the browser receives about all of a person's authenticators of the factor, after a proof with the factor. */
  readonly told?: ZodType
}
