import { z } from 'zod'

const written = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)(?:(Z)|([+-]\d\d):?(\d\d)?))?$/i

/**
 * An instant in ISO 8601's extended format, in epoch milliseconds: a date, or a date, a time to the minute or finer,
 * and its distance from UTC. A date alone is its first moment in UTC. Null for anything else, and for days that do not
 * exist.
 */
export function instantOf(text: string): number | null {
  const [, date, time = '00:00', utc, hours = '+00', minutes = '00'] = written.exec(text) ?? []
  if (date === undefined || !isDay(date)) return null
  const at = Date.parse(`${date}T${time.replace(',', '.')}${utc ? 'Z' : `${hours}:${minutes}`}`)
  return Number.isNaN(at) ? null : at
}

/** Whether a day exists: Date.parse takes 30 February for a day in March. */
function isDay(date: string): boolean {
  const at = Date.parse(date)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date)
}

export const instant = z
  .string()
  .refine(
    (text) => instantOf(text) !== null,
    'An instant is written as 2026-11-25T12:00Z, as 2026-11-25T12:00:00+01:00, or as 2026-11-25 (its beginning in UTC).',
  )
