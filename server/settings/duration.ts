import { z } from 'zod'

const unitsMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
type Unit = keyof typeof unitsMs
type Written = `${number}${Unit}`

const msOf = (written: string): number => Number(written.slice(0, -1)) * unitsMs[written.slice(-1) as Unit]

/** A duration written as `15m`, `12h` or `14d`, read into milliseconds; both bounds are inclusive. */
export const duration = (least: Written, most: Written) =>
  z
    .string()
    .regex(/^\d{1,9}[smhd]$/, 'A duration is a number and a unit: 30s, 15m, 12h or 14d.')
    .transform(msOf)
    .refine((ms) => ms >= msOf(least) && ms <= msOf(most), `A duration here is between ${least} and ${most}.`)
    .describe(`A duration, such as 15m or 12h, between ${least} and ${most}`)
