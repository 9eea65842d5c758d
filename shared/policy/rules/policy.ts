import type { Evidence } from '../../evidence.ts'
import type { Proof } from '../../factors/contract.ts'
import { type FactorId, traitsOf } from '../../factors/table.ts'
import type { Condition } from './condition.ts'

/** What a policy demands of a factor beyond a right answer. */
export interface Demands {
  /** User verification by a passkey (WebAuthn Level 3 §5.8.6). Only `required` is judged. */
  readonly uv?: 'required' | 'preferred' | 'discouraged'
}

/** One factor that may pass a step. */
export interface Choice extends Demands {
  readonly factor: FactorId
}
/** What may pass one door; any of it will do. */
export type Step = readonly Choice[]
/** Steps in order. None at all lets somebody through who is named already, and is never done without evidence. */
export type Flow = readonly Step[]

/** What happens where somebody has no authenticator for a step: refused, enrolled on the way, or let off until then. */
export type EnrolRule = 'never' | 'inline' | { readonly graceMs: number }

/** How long a factor counts, in milliseconds; a factor that is not named counts as long as the session. */
export type Spans = Readonly<Partial<Record<FactorId, number>>>

export interface Rule {
  readonly name: string
  /** Null when it applies to everybody. */
  readonly when: Condition | null
  /** In order of preference: primary, secondary, …; empty when the rule denies. */
  readonly flows: readonly Flow[]
  readonly enrol: EnrolRule
  /** Earlier proofs that are older are asked for again under this rule. */
  readonly fresh: Spans
  /** Who got in with what is kept for the day the rest is lost adds a new authenticator before going on. */
  readonly renew: boolean
}

/** Rules in order: the first that matches decides; when none does, nobody gets in. */
export interface Policy {
  readonly name: string
  readonly rules: readonly Rule[]
  /** How long a proof counts again in the same session. */
  readonly reuse: Spans
}

/** What is left for a rule to say when it only gives flows. */
export const plainRule = { when: null, enrol: 'never', fresh: {}, renew: false } as const

/** Whether a proof of a factor is one that a choice accepts. */
export const accepts = ({ factor, uv }: Choice, one: Pick<Evidence, 'factor' | 'proves'>): boolean =>
  one.factor === factor && (uv !== 'required' || one.proves.length > 1)

/** What a right answer to a choice can prove. */
export const potentialOf = (choice: Choice): readonly Proof[] =>
  traitsOf(choice.factor).potential.filter(({ proves }) => accepts(choice, { factor: choice.factor, proves }))

/** Whether whatever one choice accepts, the other accepts too. */
export const implies = (one: Choice, other: Choice): boolean =>
  one.factor === other.factor && (other.uv !== 'required' || one.uv === 'required')
