import { z } from 'zod'
import type { Contract } from './contract.ts'

/** A hardware token that an operator handed out and that shows codes: OATH HOTP (RFC 4226) or TOTP (RFC 6238). */
export const token = {
  id: 'token',
  challenge: {
    prompt: z.strictObject({
      /** Digits of a code; null where devices differ, and before the first proof: nothing personal is shown then. */
      digits: z.union([z.literal(6), z.literal(8), z.null()]),
      /** The device's counter is ahead: the next code must follow the code that was just given (RFC 4226 §7.4). */
      following: z.boolean(),
    }),
    answer: z.strictObject({ code: z.string() }),
  },
} as const satisfies Contract
