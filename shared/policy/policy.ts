import type { FactorId } from '../factors/table.ts'

/** The factors that may pass one door; any of them will do. */
export type Step = readonly FactorId[]
/** Steps in order. */
export type Flow = readonly Step[]

export interface Rule {
  readonly name: string
  /** In order of preference: primary, secondary, …; empty when the rule denies. */
  readonly flows: readonly Flow[]
}

/** Rules in order: the first that matches decides; when none does, nobody gets in. */
export interface Policy {
  readonly name: string
  readonly rules: readonly Rule[]
}
