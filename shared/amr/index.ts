import type { Dialect } from './dialect.ts'
import { rfc8176 } from './rfc8176.ts'
import { sta } from './sta.ts'

/** The dialects a client can name in its configuration. */
export const dialects = { rfc8176, sta } as const satisfies Record<string, Dialect>
export type DialectName = keyof typeof dialects
export const dialectNames = Object.keys(dialects) as readonly DialectName[]
