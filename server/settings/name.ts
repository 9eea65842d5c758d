import { z } from 'zod'

/** The name of a policy, a rule or a client. */
export const name = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/, 'A name has letters, digits, dots, hyphens and underscores.')
