import { createHash } from 'node:crypto'

/**
 * The name under which the log has what is proven in one round of a sign-in: a SHA-256 of the interaction's uid, which is
 * its cookie's value and is kept nowhere, and of the round.
 */
export const signInName = (uid: string, round: string): string =>
  createHash('sha256').update(`${uid}.${round}`).digest('base64url')
