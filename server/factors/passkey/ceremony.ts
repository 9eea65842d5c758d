import { randomBytes } from 'node:crypto'
import type { Site } from '../contract/site.ts'

/** How long a person has for what the browser asks of them. */
export const modalMs = 2 * 60_000

/** §13.4.3 asks for 16 bytes at least. */
export const newChallenge = (): string => randomBytes(32).toString('base64url')

/** Whose passkeys these are (WebAuthn Level 3 §4, "RP ID"): the issuer's host, unless the operator says otherwise. */
export const rpIdOf = ({ issuer, passkeys }: Site): string => passkeys.rp_id ?? issuer.hostname

/** Whose pages may ask for these passkeys: the issuer's, and the origins that are announced as related (§5.11). */
export const originsOf = ({ issuer, passkeys }: Site): ReadonlySet<string> =>
  new Set([issuer.origin, ...passkeys.related_origins])
