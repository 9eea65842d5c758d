import { z } from 'zod'
import { firstIssue, type No, no, partsOf, period, readBase32, shared } from '../otpauth.ts'
import type { App } from './steps.ts'

export type Read = { readonly ok: true; readonly app: App } | No

const parameters = z.strictObject(
  { ...shared, period },
  'An otpauth address has secret, issuer, algorithm, digits and period, and nothing else.',
)

/** What an operator wrote about an app: base32, or the otpauth:// address that is in QR codes. Never repeats it. */
export function readSecret(written: string): Read {
  if (!/^otpauth:/i.test(written)) return fromParameters({ secret: written })
  const parts = partsOf(written)
  if (!parts.ok) return parts
  if (parts.moves !== 'time') return no('An app has an otpauth://totp/ address: codes that count are not for it.')
  return fromParameters(parts.given)
}

function fromParameters(given: Readonly<Record<string, string>>): Read {
  const parsed = parameters.safeParse(given)
  if (!parsed.success) return firstIssue(parsed.error)
  const { secret, algorithm, digits, period: periodSeconds } = parsed.data
  const read = readBase32(secret)
  return read.ok ? { ok: true, app: { secret: read.secret, algorithm, digits, periodSeconds } } : read
}
