import { timingSafeEqual } from 'node:crypto'
import { crypto } from '@otplib/plugin-crypto-node'
import { generateSync } from 'otplib'

/** The secret and parameters shared with a device or an app (RFC 4226 §5.1, RFC 6238 §4). */
export interface OathSecret {
  /** Base32 (RFC 4648 §6) in upper case, without padding. */
  readonly secret: string
  readonly algorithm: 'sha1' | 'sha256' | 'sha512'
  readonly digits: 6 | 8
}

/** HOTP(K, C) (RFC 4226 §5.3); TOTP is the same with the time step for the counter (RFC 6238 §4.2). */
export const codeAt = ({ secret, algorithm, digits }: OathSecret, counter: number): string =>
  generateSync({ strategy: 'hotp', counter, secret, algorithm, digits, crypto })

/** Those of the counters whose code was given. Every counter is compared, so that the time reveals no match. */
export const countersOf = (shared: OathSecret, code: string, counters: readonly number[]): readonly number[] =>
  counters.filter((counter) => same(codeAt(shared, counter), code))

function same(right: string, given: string): boolean {
  const [a, b] = [Buffer.from(right), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}
