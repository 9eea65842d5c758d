import type { Dialect } from './dialect.ts'

/** The registered words, as they are (RFC 8176 §2). The default. */
export const rfc8176: Dialect = { words: { pwd: 'pwd' }, mfa: 'two-kinds' }
