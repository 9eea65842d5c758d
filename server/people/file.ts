import { z } from 'zod'
import { builtFactors } from '#shared/factors/index.ts'
import { longestAddress, mailbox } from '#shared/username.ts'

const authenticator = z.strictObject({
  factor: z.enum(builtFactors),
  label: z.string().min(1).max(80),
  secret: z
    .string()
    .min(1)
    .describe(
      "In the factor's own form: a password or its argon2id hash; base32, or the address that an app exports (otpauth://, otpauth-migration://); a mobile number",
    ),
})

const person = z.strictObject({
  username: z.string().min(1).max(128),
  name: z.string().min(1).max(128).optional(),
  email: z
    .email({ pattern: mailbox, error: 'An e-mail address is written as ada@example.test, without quotes or brackets.' })
    .max(longestAddress)
    .optional(),
  groups: z.array(z.string().min(1)).default([]),
  attributes: z.record(z.string(), z.json()).default({}).describe('Whatever else is known, for scopes to say'),
  disabled: z.boolean().default(false).describe('Nobody gets in as them'),
  password: z.string().min(1).optional().describe('Short for an authenticator with the factor password'),
  password_hash: z.string().startsWith('$argon2id$').optional().describe('The same, hashed elsewhere with argon2id'),
  authenticators: z.array(authenticator).default([]),
})

/** A people file: accounts and their authenticators. */
export const peopleFile = z.array(person)
export type PeopleFile = z.output<typeof peopleFile>
export type WrittenPerson = PeopleFile[number]
export type WrittenAuthenticator = z.output<typeof authenticator>

/** The shorthand keys for an authenticator, with their factors. */
export const shortFor = { password: 'password', password_hash: 'password' } as const
