import { z } from 'zod'
import type { Contract } from './contract.ts'

/** An authenticator app: codes of a time step (RFC 6238; NIST SP 800-63B-4 §3.1.4). */
export const totp = {
  id: 'totp',
  challenge: {
    /** Digits of a code; null where apps differ, and before the first proof: nothing personal is shown then. */
    prompt: z.strictObject({ digits: z.union([z.literal(6), z.literal(8), z.null()]) }),
    answer: z.strictObject({ code: z.string() }),
  },
  enrolment: {
    /** The key for the app: an otpauth:// address as a QR code (a path in a box of `size`), and the secret to type. */
    prompt: z.strictObject({
      address: z.string(),
      secret: z.string(),
      qr: z.strictObject({ size: z.int(), path: z.string() }),
    }),
    answer: z.strictObject({ code: z.string() }),
  },
} as const satisfies Contract
