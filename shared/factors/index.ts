import type { z } from 'zod'
import type { Contract } from './contract.ts'
import { password } from './password.ts'
import type { FactorId } from './table.ts'
import { totp } from './totp.ts'

export const contracts = { password, totp } as const satisfies { readonly [Id in FactorId]?: Contract }

export type Contracts = typeof contracts
/** The factors that people can sign in with; the table knows those that are to come, too. */
export type BuiltFactor = keyof Contracts
export type Prompt<Id extends BuiltFactor> = z.output<Contracts[Id]['challenge']['prompt']>
export type Answer<Id extends BuiltFactor> = z.output<Contracts[Id]['challenge']['answer']>

export const builtFactors = Object.keys(contracts) as [BuiltFactor, ...BuiltFactor[]]
export const isBuilt = (factor: FactorId): factor is BuiltFactor => Object.hasOwn(contracts, factor)
