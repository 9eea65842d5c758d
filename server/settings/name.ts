import { z } from 'zod'

/** How policies, rules and clients are called. */
export const name = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/, 'A name has letters, digits, dots, hyphens and underscores.')
