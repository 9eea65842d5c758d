import { randomBytes } from 'node:crypto'
import type { Site } from '../contract/site.ts'

/** The time for a ceremony in a browser's dialog, in milliseconds. */
export const modalMs = 2 * 60_000

/** A random challenge in base64url; WebAuthn Level 3 §13.4.3 asks for 16 bytes at least. */
export const newChallenge = (): string => randomBytes(32).toString('base64url')

/** The RP ID (WebAuthn Level 3 §4): the issuer's host, unless the operator configured another. */
export const rpIdOf = ({ issuer, passkeys }: Site): string => passkeys.rp_id ?? issuer.hostname

/** The origins whose pages may use these passkeys: the issuer's, and the configured related origins (§5.11). */
export const originsOf = ({ issuer, passkeys }: Site): ReadonlySet<string> =>
  new Set([issuer.origin, ...passkeys.related_origins])
