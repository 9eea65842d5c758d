import type { Dialect } from './dialect.ts'
import { entra } from './entra.ts'
import { oneportal } from './oneportal.ts'
import { rfc8176 } from './rfc8176.ts'
import { sta } from './sta.ts'

/** The dialects that there are without an operator's own. */
export const dialects: Readonly<Record<string, Dialect>> = { rfc8176, sta, oneportal, entra }
