import { z } from 'zod'
import type { Contract } from './contract.ts'

/** A device that an operator handed out and that shows codes: OATH HOTP (RFC 4226) or TOTP (RFC 6238). */
export const token = {
  id: 'token',
  challenge: {
    prompt: z.strictObject({
      /** How long the codes are; null where devices differ, and before the first proof, when nobody may be told. */
      digits: z.union([z.literal(6), z.literal(8), z.null()]),
      /** The device has run ahead: the code after the one that was just given is asked for (RFC 4226 §7.4). */
      following: z.boolean(),
    }),
    answer: z.strictObject({ code: z.string() }),
  },
} as const satisfies Contract
