import { base32 } from '@scure/base'

/**
 * The bytes of a base32 text (RFC 4648 §6) as apps read it: in groups, in lower case, padded or not; null where another
 * sign stands in it. Bits that are left over at its end are discarded, whatever they are: §3.5 leaves it to a decoder to
 * refuse them, and authenticator apps do not.
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
