import { z } from 'zod'
import type { Contract } from './contract.ts'

/** The last two digits of a phone number: no more is ever shown. */
const ending = z.string().regex(/^\d\d$/)

/** A code sent to the person's phone (NIST SP 800-63B-4 §3.1.3.3). */
export const sms = {
  id: 'sms',
  challenge: {
    /** `resendAt`: the instant from which the text can be sent again (ISO 8601); null when no further text is sent. */
    prompt: z.strictObject({ ending, resendAt: z.iso.datetime().nullable() }),
    answer: z.strictObject({ code: z.string() }),
  },
  enrolment: {
    /** Two questions: the phone number, then the code that was sent to that number. */
    prompt: z.union([
      z.strictObject({ at: z.literal('number') }),
      /** `late`: whether the text was sent is unknown. */
      z.strictObject({ at: z.literal('code'), ending, late: z.boolean() }),
    ]),
    answer: z.union([z.strictObject({ number: z.string().max(40) }), z.strictObject({ code: z.string() })]),
  },
} as const satisfies Contract
