import type { EnrolledFactor } from '../../authenticator.ts'
import type { Evidence } from '../../evidence.ts'
import type { Circumstances } from '../rules/condition.ts'

/** What is known about a sign-in so far. */
export interface Facts {
  /** Whether an account was named; says nothing about whether the account exists. */
  readonly named: boolean
  readonly account: string | null
  /** The person's groups and authenticators; null when unknown. Neither decides anything before the first proof. */
  readonly groups: readonly string[] | null
  readonly enrolled: readonly EnrolledFactor[] | null
  /** Whether the person has used this browser before; null when unknown. Decides nothing before the first proof. */
  readonly browser: Circumstances['browser']
  /** The network address that the request comes from; null when unknown. */
  readonly address: string | null
  readonly evidence: readonly Evidence[]
  /** When each rule, by its name, first applied to the person (epoch milliseconds): grace counts from then. */
  readonly appliedSince: Readonly<Record<string, number>>
  /** Epoch milliseconds. */
  readonly now: number
}
