import { z } from 'zod'
import { days } from '#shared/policy/rules/times.ts'
import { closestWord } from '../operator/closest-word.ts'

const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')]
function isZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone }) !== null
  } catch {
    return false
  }
}
const zone = z
  .string()
  .refine(isZone, {
    error: ({ input }) => `There is no time zone "${input}".${closestWord(String(input), zones, ' Did you mean "%"?')}`,
  })
  .describe('An IANA time zone, such as Europe/Berlin')

const hours = z
  .string()
  .regex(
    /^(?!(.{5})-\1)([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/,
    'Hours are written as 08:00-18:00, or over midnight as 22:00-06:00.',
  )

/** Days and hours by the clocks of a time zone, as they stand in the file. */
export const writtenTimes = z
  .strictObject({
    zone,
    days: z.array(z.enum(days)).min(1).optional().describe('On one of these days; every day without it'),
    hours: z
      .array(hours)
      .min(1)
      .optional()
      .describe('Within one of these; over midnight they are those of the first day'),
  })
  .refine(({ days, hours }) => days !== undefined || hours !== undefined, 'Times need days, hours, or both.')
