import { z } from 'zod'
import type { Contract } from './contract.ts'

/** All that is ever shown of a number: its last two digits. */
const ending = z.string().regex(/^\d\d$/)

/** A code sent to somebody's phone (NIST SP 800-63B-4 §3.1.3.3). */
export const sms = {
  id: 'sms',
  challenge: {
    /** `resendAt`: the instant from which the text can be sent again (ISO 8601); null when it is not sent any more. */
    prompt: z.strictObject({ ending, resendAt: z.iso.datetime().nullable() }),
    answer: z.strictObject({ code: z.string() }),
  },
  enrolment: {
    /** The number is told, and then proven by a code that was sent to it. */
    prompt: z.union([
      z.strictObject({ at: z.literal('number') }),
      /** `late`: nobody knows whether it was sent. */
      z.strictObject({ at: z.literal('code'), ending, late: z.boolean() }),
    ]),
    answer: z.union([z.strictObject({ number: z.string().max(40) }), z.strictObject({ code: z.string() })]),
  },
} as const satisfies Contract
