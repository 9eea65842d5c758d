import { base32, base32nopad } from '@scure/base'
import type { OathSecret } from './codes.ts'

export type UnreadableSecret = { readonly ok: false; readonly message: string }
export const unreadable = (message: string): UnreadableSecret => ({ ok: false, message })

/** Bounds of a secret: RFC 4226 §4 R6, and the longest key that HMAC-SHA-1 and -SHA-256 use unhashed (RFC 2104 §2). */
const leastBits = 128
const mostBits = 512

/** The secret of an app or a device with its first counter or its period. */
export interface ExportedAccount extends OathSecret {
  /** The moving factor: a counter (RFC 4226), here the first whose code is still valid, or the time (RFC 6238). */
  readonly moves:
    | { readonly by: 'event'; readonly counter: number }
    | { readonly by: 'time'; readonly periodSeconds: 30 | 60 }
}
export type ReadAccount = { readonly ok: true; readonly account: ExportedAccount } | UnreadableSecret

/**
 * The hash algorithm of a name: SHA1, sha-256, HmacSHA512, HMAC-SHA-1 … Null for any other name. The Key URI Format,
 * RFC 6030 and makers' lists each have their own spellings.
 */
export function algorithmNamed(name: string): OathSecret['algorithm'] | null {
  const plain = name.toLowerCase().replace(/[^a-z0-9]|^\W*hmac/g, '')
  return plain === 'sha1' || plain === 'sha256' || plain === 'sha512' ? plain : null
}

/** Reads a base32 secret as people copy it, into its stored form. Error messages never repeat the secret. */
export function readBase32(written: string): { readonly ok: true; readonly secret: string } | UnreadableSecret {
  const bytes = bytesOfBase32(written)
  return bytes ? readBytes(bytes) : unreadable('This is neither base32 (A–Z and 2–7) nor an otpauth:// address.')
}

export function readBytes(bytes: Uint8Array): { readonly ok: true; readonly secret: string } | UnreadableSecret {
  const bits = bytes.length * 8
  if (bits < leastBits) return unreadable(`A secret has at least ${leastBits} bits, and this one has ${bits}.`)
  if (bits > mostBits) return unreadable(`A secret has at most ${mostBits} bits, and this one has ${bits}.`)
  return { ok: true, secret: base32nopad.encode(bytes) }
}

/**
 * The bytes of a base32 text (RFC 4648 §6) as apps read it: in groups, in lower case, padded or not; null with any
 * other character. Leftover bits at the end are discarded, whatever their value: §3.5 leaves their refusal to the
 * decoder, and authenticator apps do not refuse them.
 */
export function bytesOfBase32(written: string): Uint8Array | null {
  const letters = written
    .replace(/[\s\p{Pd}]/gu, '')
    .replace(/=+$/, '')
    .toUpperCase()
  if (!/^[A-Z2-7]*$/.test(letters)) return null
  const whole = letters.padEnd(Math.ceil(letters.length / 8) * 8, 'A')
  return base32.decode(whole).subarray(0, Math.floor((letters.length * 5) / 8))
}
