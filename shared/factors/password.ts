import { z } from 'zod'
import type { Contract } from './contract.ts'

/** A memorised secret (NIST SP 800-63B-4 §3.1.1). */
export const password = {
  id: 'password',
  challenge: {
    prompt: z.strictObject({}),
    answer: z.strictObject({ password: z.string() }),
  },
} as const satisfies Contract
