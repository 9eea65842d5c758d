import { z } from 'zod'
import type { Contract } from './contract.ts'

/** Fields of a certificate by which its holder can tell several cards apart. */
const card = z.strictObject({
  name: z.string().nullable(),
  issuer: z.string().nullable(),
  /** The last digits of the certificate's serial number. */
  serial: z.string(),
  /** The end of validity, ISO 8601. */
  until: z.string(),
})
export type CardShown = z.output<typeof card>

/** The card host's verdict on a presented certificate: the answer to a challenge, and to the enrolment question. */
const shown = z.strictObject({
  /** The certificate's stable identifier; without a usable certificate, a random value for this attempt. */
  handle: z.string(),
  /** Null for a card that was not accepted. */
  card: card.nullable(),
  /** Whether the issuer's certificate policy says that the key is in hardware and needs the PIN for every use. */
  unlocked: z.boolean(),
  why: z
    .literal(['expired-card', 'no-card', 'revocation-unknown', 'revoked-card', 'unknown-issuer', 'wrong-card'])
    .nullable(),
  /** The exact fault, for the operator's log alone. */
  detail: z.string(),
})
export type Shown = z.output<typeof shown>

/** A key on a card, presented in a TLS handshake with a certificate (X.509; NIST SP 800-63B-4 §3.1.7). */
export const smartcard = {
  id: 'smartcard',
  challenge: { prompt: z.strictObject({}), answer: shown },
  enrolment: {
    /** The presented card, for its holder to confirm; null until a card was presented. */
    prompt: z.strictObject({ card: card.nullable() }),
    answer: z.union([shown, z.strictObject({ yes: z.literal(true) })]),
  },
} as const satisfies Contract
