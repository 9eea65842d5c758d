import { z } from 'zod'
import type { Contract } from './contract.ts'

/** What the card host found out: the answer of both halves, which nobody but that host can give. */
const shown = z.strictObject({
  /** What the certificate calls itself; where there is none to go by, of this try alone. */
  handle: z.string(),
  /** The holder's name in it, for the label. */
  name: z.string().nullable(),
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
  enrolment: { prompt: z.strictObject({}), answer: shown },
} as const satisfies Contract
