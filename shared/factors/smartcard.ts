import { z } from 'zod'
import type { Contract } from './contract.ts'

/** What is read of a certificate for its holder, who may have several. */
const card = z.strictObject({
  name: z.string().nullable(),
  issuer: z.string().nullable(),
  /** The last digits of its number. */
  serial: z.string(),
  /** ISO 8601. */
  until: z.string(),
})
export type CardShown = z.output<typeof card>

/** What the card host found out: the answer of both halves, which nobody but that host can give. */
const shown = z.strictObject({
  /** What the certificate calls itself; where there is none to go by, of this try alone. */
  handle: z.string(),
  /** Null for one that is not taken. */
  card: card.nullable(),
  /** The issuer's policy has the key on a token, and used after its PIN alone. */
  unlocked: z.boolean(),
  why: z
    .literal(['expired-card', 'no-card', 'revocation-unknown', 'revoked-card', 'unknown-issuer', 'wrong-card'])
    .nullable(),
  /** What exactly was wrong, for the operator alone. */
  detail: z.string(),
})
export type Shown = z.output<typeof shown>

/** A key on a card, shown in a TLS handshake with a certificate (X.509; NIST SP 800-63B-4 §3.1.7). */
export const smartcard = {
  id: 'smartcard',
  challenge: { prompt: z.strictObject({}), answer: shown },
  enrolment: {
    /** The card that was shown, for its holder to say yes to; null until there is one. */
    prompt: z.strictObject({ card: card.nullable() }),
    answer: z.union([shown, z.strictObject({ yes: z.literal(true) })]),
  },
} as const satisfies Contract
