import { z } from 'zod'
import type { Contract } from './contract.ts'

/** Codes kept on paper for the day the rest is lost, each good for once (NIST SP 800-63B-4 §3.1.2, look-up secrets). */
export const recoveryCode = {
  id: 'recovery-code',
  challenge: {
    /** How many would be left after this one; null before the first proof, when nobody may be told. */
    prompt: z.strictObject({ left: z.int().nullable() }),
    answer: z.strictObject({ code: z.string() }),
  },
  enrolment: {
    /** Shown once: what is kept of them cannot be read back. */
    prompt: z.strictObject({ codes: z.array(z.string()).readonly() }),
    /** The person has put them somewhere safe. */
    answer: z.strictObject({ saved: z.literal(true) }),
  },
} as const satisfies Contract
