import { createHash } from 'node:crypto'

/**
 * The name of one round of a sign-in in the log: the SHA-256 of the interaction's uid and of the round, because the uid
 * is the cookie's value and must not be stored.
 */
export const signInName = (uid: string, round: string): string =>
  createHash('sha256').update(`${uid}.${round}`).digest('base64url')
