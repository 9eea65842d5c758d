import { base32nopad } from '@scure/base'
import { z } from 'zod'
import type { App } from './steps.ts'

export type Read = { readonly ok: true; readonly app: App } | { readonly ok: false; readonly message: string }

/** RFC 4226 §4 R6, and the longest key that SHA-512 takes without hashing it first (RFC 2104 §2). */
const leastBits = 128
const mostBits = 512

const parameters = z.strictObject(
  {
    secret: z.string('This otpauth address has no secret.'),
    issuer: z.string().optional(),
    algorithm: z
      .enum(['SHA1', 'SHA256', 'SHA512'], 'The algorithm of an app is SHA1, SHA256 or SHA512.')
      .default('SHA1')
      .transform((name) => name.toLowerCase() as App['algorithm']),
    digits: z
      .enum(['6', '8'], 'The codes of an app have 6 or 8 digits.')
      .default('6')
      .transform((text) => Number(text) as App['digits']),
    period: z
      .enum(['30', '60'], 'The period of an app is 30 or 60 seconds.')
      .default('30')
      .transform((text) => Number(text) as App['periodSeconds']),
  },
  'An otpauth address has secret, issuer, algorithm, digits and period, and nothing else.',
)

const no = (message: string): Read => ({ ok: false, message })

/** What an operator wrote about an app: base32, or the otpauth:// address that is in QR codes. Never repeats it. */
export function readSecret(written: string): Read {
  if (!/^otpauth:/i.test(written)) return fromParameters({ secret: written })
  const url = URL.parse(written)
  if (url?.host.toLowerCase() !== 'totp')
    return no('An app has an otpauth://totp/ address: codes that count are not for it.')
  const pairs = [...url.searchParams]
  const given = Object.fromEntries(pairs)
  if (Object.keys(given).length < pairs.length) return no('This otpauth address says something twice.')
  return fromParameters(given)
}

function fromParameters(given: Readonly<Record<string, string>>): Read {
  const parsed = parameters.safeParse(given)
  if (!parsed.success) return no(parsed.error.issues[0]?.message ?? 'This otpauth address cannot be used.')
  const { secret, algorithm, digits, period } = parsed.data
  const bytes = bytesIn(secret)
  if (!bytes) return no('This is neither base32 (A–Z and 2–7) nor an otpauth:// address.')
  const bits = bytes.length * 8
  if (bits < leastBits) return no(`The secret of an app has at least ${leastBits} bits, and this one has ${bits}.`)
  if (bits > mostBits) return no(`The secret of an app has at most ${mostBits} bits, and this one has ${bits}.`)
  return { ok: true, app: { secret: base32nopad.encode(bytes), algorithm, digits, periodSeconds: period } }
}

/** Base32 as people copy it: in groups, in lower case, padded or not. */
function bytesIn(base32: string): Uint8Array | null {
  try {
    return base32nopad.decode(base32.replace(/[\s-]|=+$/g, '').toUpperCase())
  } catch {
    return null
  }
}
