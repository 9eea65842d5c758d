import { z } from 'zod'
import { duration } from './duration.ts'

/** The limits on wrong answers (NIST SP 800-63B-4 §3.2.2); their bounds leave no way to switch a limit off. */
export const attempts = z
  .strictObject({
    free_failures: z
      .int()
      .min(1)
      .max(50)
      .default(5)
      .describe('Failures with one factor that lead to the first wait, of a minute; each one more doubles it'),
    longest_wait: duration('1m', '24h').prefault('15m'),
    forgotten_after: duration('1m', '30d').prefault('12h'),
    per_address_a_minute: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(30)
      .describe('Failures from one network address (IPv6: from one /64), whoever is typed'),
    openings_per_address_a_minute: z
      .int()
      .min(60)
      .max(1_000_000)
      .default(1200)
      .describe('Sign-ins that are begun and challenges that are opened from one network address (IPv6: from one /64)'),
    disable_after: z
      .int()
      .min(1)
      .max(100)
      .default(100)
      .describe('Consecutive failures that disable an authenticator until it is bound anew'),
  })
  .refine(({ longest_wait, forgotten_after }) => forgotten_after >= longest_wait, {
    path: ['forgotten_after'],
    error: 'Failures must not be forgotten before the longest wait is over.',
  })
  .prefault({})

export type Limits = z.output<typeof attempts>
