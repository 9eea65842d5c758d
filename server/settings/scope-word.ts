import { z } from 'zod'

/** A word of a space-delimited list: a scope, an amr value (RFC 6749 §3.3). */
export const word = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/, 'A word has no spaces, quotes or backslashes.')
