import type { z } from 'zod'
import type { Contract } from './contract.ts'
import { grid } from './grid.ts'
import { passkey } from './passkey.ts'
import { password } from './password.ts'
import { recoveryCode } from './recovery-code.ts'
import { smartcard } from './smartcard.ts'
import { sms } from './sms.ts'
import type { FactorId } from './table.ts'
import { token } from './token.ts'
import { totp } from './totp.ts'

export const contracts = {
  password,
  totp,
  token,
  passkey,
  sms,
  smartcard,
  grid,
  'recovery-code': recoveryCode,
} as const satisfies {
  readonly [Id in FactorId]?: Contract
}

export type Contracts = typeof contracts
/** The implemented factors. The table of traits also has planned factors. */
export type BuiltFactor = keyof Contracts
export type Prompt<Id extends BuiltFactor> = z.output<Contracts[Id]['challenge']['prompt']>
type Enrolments = { readonly [Id in BuiltFactor]: Contracts[Id] extends { enrolment: infer E } ? E : never }
type OfEnrolment<Id extends BuiltFactor, Part extends 'prompt' | 'answer'> = Id extends BuiltFactor
  ? Enrolments[Id] extends Readonly<Record<Part, infer Schema extends z.ZodType>>
    ? z.output<Schema>
    : never
  : never
export type EnrolmentPrompt<Id extends BuiltFactor> = OfEnrolment<Id, 'prompt'>
export type EnrolmentAnswer<Id extends BuiltFactor> = OfEnrolment<Id, 'answer'>
type Telling = {
  readonly [Id in BuiltFactor]: Contracts[Id] extends { told: infer S extends z.ZodType } ? z.output<S> : never
}
export type Told<Id extends BuiltFactor> = Telling[Id]
export type Answer<Id extends BuiltFactor> = z.output<Contracts[Id]['challenge']['answer']>

/** The factors that a person can enrol by themselves. */
export type EnrollableFactor = {
  [Id in BuiltFactor]: Contracts[Id] extends { enrolment: object } ? Id : never
}[BuiltFactor]

export const builtFactors = Object.keys(contracts) as [BuiltFactor, ...BuiltFactor[]]
export const isBuilt = (factor: FactorId): factor is BuiltFactor => Object.hasOwn(contracts, factor)
export const enrollableFactors = builtFactors.filter((id) => 'enrolment' in contracts[id]) as [
  EnrollableFactor,
  ...EnrollableFactor[],
]
