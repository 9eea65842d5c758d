import { base32nopad } from '@scure/base'
import { z } from 'zod'
import type { OathSecret } from './oath.ts'

export type No = { readonly ok: false; readonly message: string }
export const no = (message: string): No => ({ ok: false, message })

/** RFC 4226 §4 R6, and the longest key that SHA-512 takes without hashing it first (RFC 2104 §2). */
const leastBits = 128
const mostBits = 512

/** What every otpauth:// address has; the secret is checked apart from it. */
export const shared = {
  secret: z.string('This otpauth address has no secret.'),
  issuer: z.string().optional(),
  algorithm: z
    .enum(['SHA1', 'SHA256', 'SHA512'], 'The algorithm of codes is SHA1, SHA256 or SHA512.')
    .default('SHA1')
    .transform((name) => name.toLowerCase() as OathSecret['algorithm']),
  digits: z
    .enum(['6', '8'], 'Codes have 6 or 8 digits.')
    .default('6')
    .transform((text) => Number(text) as OathSecret['digits']),
}
export const period = z
  .enum(['30', '60'], 'The period of codes is 30 or 60 seconds.')
  .default('30')
  .transform((text) => Number(text) as 30 | 60)

/** The parts of an otpauth:// address (the Key URI Format): whether codes move by time or are counted, and the rest. */
export function partsOf(written: string) {
  const url = URL.parse(written)
  const moves = url && /^totp$/i.test(url.host) ? 'time' : url && /^hotp$/i.test(url.host) ? 'event' : null
  if (!url || !moves) return no('This is no otpauth://totp/ or otpauth://hotp/ address.')
  const pairs = [...url.searchParams]
  const given = Object.fromEntries(pairs)
  if (Object.keys(given).length < pairs.length) return no('This otpauth address says something twice.')
  return { ok: true, moves, given } as const
}

/** A secret in base32 as people copy it (in groups, in lower case, padded or not), as it is kept. Never repeats it. */
export function readBase32(written: string): { readonly ok: true; readonly secret: string } | No {
  try {
    return readBytes(base32nopad.decode(written.replace(/[\s-]|=+$/g, '').toUpperCase()))
  } catch {
    return no('This is neither base32 (A–Z and 2–7) nor an otpauth:// address.')
  }
}

export function readBytes(bytes: Uint8Array): { readonly ok: true; readonly secret: string } | No {
  const bits = bytes.length * 8
  if (bits < leastBits) return no(`A secret has at least ${leastBits} bits, and this one has ${bits}.`)
  if (bits > mostBits) return no(`A secret has at most ${mostBits} bits, and this one has ${bits}.`)
  return { ok: true, secret: base32nopad.encode(bytes) }
}

export const firstIssue = (error: z.ZodError): No =>
  no(error.issues[0]?.message ?? 'This otpauth address cannot be used.')
