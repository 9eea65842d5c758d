import type { Dialect } from './dialect.ts'
import { entraDialect } from './entra.ts'
import { oneportal } from './oneportal.ts'
import { rfc8176 } from './rfc8176.ts'
import { staDialect } from './sta.ts'

/** The built-in dialects, by name. */
export const dialects: Readonly<Record<string, Dialect>> = { rfc8176, sta: staDialect, oneportal, entra: entraDialect }
