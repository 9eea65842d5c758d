import type { ZodType } from 'zod'
import type { Proof } from '../evidence.ts'

/** What the browser is told when a challenge opens, and what it may answer. */
export interface Exchange {
  readonly prompt: ZodType
  readonly answer: ZodType
}

/** All that both sides of the wire agree on about one factor. */
export interface Contract {
  readonly id: string
  readonly challenge: Exchange
  /** What a right answer would prove, so that a policy can be judged before anybody answers. */
  readonly potential: Proof
}
