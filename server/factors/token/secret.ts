import { z } from 'zod'
import { firstIssue, type No, partsOf, period, readBase32, shared } from '../otpauth.ts'
import { type Kept, unused } from './device.ts'

const counter = z
  .string()
  .regex(/^\d{1,9}$/, 'A counter is a whole number.')
  .default('0')
  .transform(Number)
const pressed = z.strictObject(
  { ...shared, counter },
  'The otpauth://hotp/ address of a token has secret, issuer, algorithm, digits and counter, and nothing else.',
)
const timed = z.strictObject(
  { ...shared, period },
  'The otpauth://totp/ address of a token has secret, issuer, algorithm, digits and period, and nothing else.',
)

/** What an operator wrote about one token: an otpauth:// address. Seed files come by another way. Never repeats it. */
export function readDevice(written: string): { readonly ok: true; readonly device: Kept } | No {
  const parts = partsOf(written)
  if (!parts.ok) return parts
  const parsed = parts.moves === 'event' ? pressed.safeParse(parts.given) : timed.safeParse(parts.given)
  if (!parsed.success) return firstIssue(parsed.error)
  const { secret: written32, algorithm, digits } = parsed.data
  const read = readBase32(written32)
  if (!read.ok) return read
  const common = { secret: read.secret, algorithm, digits }
  return {
    ok: true,
    device:
      'counter' in parsed.data
        ? unused({ ...common, moves: { by: 'event' } }, parsed.data.counter)
        : unused({ ...common, moves: { by: 'time', periodSeconds: parsed.data.period } }),
  }
}
