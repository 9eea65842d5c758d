import { z } from 'zod'
import type { Contract } from './contract.ts'

/** An authenticator app: codes of a time step (RFC 6238; NIST SP 800-63B-4 §3.1.4). */
export const totp = {
  id: 'totp',
  challenge: {
    /** How long the codes are; null where apps differ, and before the first proof, when nobody may be told. */
    prompt: z.strictObject({ digits: z.union([z.literal(6), z.literal(8), z.null()]) }),
    answer: z.strictObject({ code: z.string() }),
  },
} as const satisfies Contract
