import type { z } from 'zod'
import type { Contract } from './contract.ts'
import { password } from './password.ts'

export const contracts = { password } as const satisfies { readonly [id: string]: Contract }

export type Contracts = typeof contracts
export type FactorId = keyof Contracts
export type Prompt<Id extends FactorId> = z.output<Contracts[Id]['challenge']['prompt']>
export type Answer<Id extends FactorId> = z.output<Contracts[Id]['challenge']['answer']>

export const factorIds = Object.keys(contracts) as [FactorId, ...FactorId[]]
