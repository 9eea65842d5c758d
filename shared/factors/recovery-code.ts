import { z } from 'zod'
import type { Contract } from './contract.ts'

/** Single-use codes on paper, for the loss of all other authenticators (NIST SP 800-63B-4 §3.1.2, look-up secrets). */
export const recoveryCode = {
  id: 'recovery-code',
  challenge: {
    /** Codes left after this answer; null before the first proof: nothing personal is shown then. */
    prompt: z.strictObject({ left: z.int().nullable() }),
    answer: z.strictObject({ code: z.string() }),
  },
  enrolment: {
    /** The codes, shown only now: the server stores hashes. */
    prompt: z.strictObject({ codes: z.array(z.string()).readonly() }),
    /** The person confirms that the codes are stored safely. */
    answer: z.strictObject({ saved: z.literal(true) }),
  },
} as const satisfies Contract
