import { z } from 'zod'

const origin = z
  .string()
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text && text.startsWith('https://'),
    'A related origin is https, a host and perhaps a port, without a path or a trailing slash.',
  )

export const passkeys = z
  .strictObject({
    rp_id: z
      .string()
      .regex(/^([a-z0-9-]+\.)*[a-z0-9-]+$/, 'An RP ID is a host in lower case, without a scheme or a port.')
      .optional()
      .describe('The domain that passkeys belong to (WebAuthn Level 3 §4); else the host of the issuer'),
    related_origins: z
      .array(origin)
      .default([])
      .describe('Other origins whose answers are taken too, told at /.well-known/webauthn'),
    backup_eligibility_changes: z
      .enum(['refuse', 'record'])
      .default('refuse')
      .describe(
        'What becomes of an answer that says of a passkey that it can be copied, or cannot, unlike when it was made',
      ),
    counter_regressions: z
      .enum(['refuse', 'record'])
      .default('refuse')
      .describe('What becomes of an answer whose counter did not grow, as a cloned authenticator’s would not'),
  })
  .prefault({})
  .describe('Passkeys and security keys')
export type Passkeys = z.output<typeof passkeys>
