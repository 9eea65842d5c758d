import type { Evidence } from '../../evidence.ts'
import type { Proof } from '../../factors/contract.ts'
import { type FactorId, traitsOf } from '../../factors/table.ts'
import type { Condition } from './condition.ts'

/** What a policy demands of a factor beyond a right answer. */
export interface Demands {
  /** User verification by a passkey (WebAuthn Level 3 §5.8.6). Only `required` is enforced. */
  readonly uv?: 'required' | 'preferred' | 'discouraged'
}

/** One factor that may pass a step. */
export interface Choice extends Demands {
  readonly factor: FactorId
}
/** The choices of one step, any of which passes it. */
export type Step = readonly Choice[]
/** Steps in order. A flow without steps lets a named person through on earlier evidence, never without any. */
export type Flow = readonly Step[]

/** What happens when a person has no authenticator for a step: refusal, enrolment in the sign-in, or grace. */
export type EnrolRule = 'never' | 'inline' | { readonly graceMs: number }

/** How long evidence of each factor counts, in milliseconds; that of other factors counts as long as the session. */
export type Spans = Readonly<Partial<Record<FactorId, number>>>

export interface Rule {
  readonly name: string
  /** Null for a rule that applies to everybody. */
  readonly when: Condition | null
  /** The flows in order of preference: primary, secondary, …; empty when the rule denies. */
  readonly flows: readonly Flow[]
  readonly enrol: EnrolRule
  /** The greatest age of earlier evidence under this rule, by factor; older evidence must be proven again. */
  readonly fresh: Spans
  /** Whether a person who used a recovery code must add a new authenticator before the sign-in ends. */
  readonly renew: boolean
}

/** Rules in order: the first that applies decides; without an applicable rule the sign-in is refused. */
export interface Policy {
  readonly name: string
  readonly rules: readonly Rule[]
  /** How long evidence can be used again in the same session. */
  readonly reuse: Spans
}

/** The defaults of a rule that only names flows. */
export const plainRule = { when: null, enrol: 'never', fresh: {}, renew: false } as const

/** Whether a choice accepts a proof. */
export const accepts = ({ factor, uv }: Choice, one: Pick<Evidence, 'factor' | 'proves'>): boolean =>
  one.factor === factor && (uv !== 'required' || one.proves.length > 1)

/** The proofs that a right answer to a choice can give. */
export const potentialOf = (choice: Choice): readonly Proof[] =>
  traitsOf(choice.factor).potential.filter(({ proves }) => accepts(choice, { factor: choice.factor, proves }))

/** Whether `other` accepts every proof that `one` accepts. */
export const implies = (one: Choice, other: Choice): boolean =>
  one.factor === other.factor && (other.uv !== 'required' || one.uv === 'required')
