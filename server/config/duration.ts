import { z } from 'zod'

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A span of time, such as 90s, 15m, 12h or 14d; in milliseconds. */
export const duration = z
  .string()
  .regex(/^[1-9]\d{0,4}[smhd]$/, 'A time is a whole number with s, m, h or d, such as 15m.')
  .transform((text) => Number(text.slice(0, -1)) * units[text.slice(-1) as keyof typeof units])
  .describe('A whole number with s, m, h or d, such as 15m')
