import { z } from 'zod'

/** How policies, rules and clients are called. */
export const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*$/i, 'A name has letters, digits, dots, hyphens and underscores.')
