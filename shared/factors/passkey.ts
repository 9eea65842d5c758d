import { z } from 'zod'
import type { Contract } from './contract.ts'

/** Bytes in base64url (RFC 4648 §5) without padding. */
const bytes = (most: number) =>
  z
    .string()
    .regex(/^[\w-]+$/)
    .max(Math.ceil((most * 4) / 3))
const credentialId = bytes(1023)
const uv = z.enum(['required', 'preferred', 'discouraged'])
const descriptor = z.strictObject({
  type: z.literal('public-key'),
  id: z.string(),
  transports: z.array(z.string()),
})
const credential = { id: credentialId, rawId: credentialId, type: z.literal('public-key') }

/** A public key credential (WebAuthn Level 3). Options and responses are its JSON forms (§5.1.8, §5.1.9). */
export const passkey = {
  id: 'passkey',
  challenge: {
    prompt: z.strictObject({
      rpId: z.string(),
      challenge: z.string(),
      /** Milliseconds. */
      timeout: z.int(),
      userVerification: uv,
      allowCredentials: z.array(descriptor),
    }),
    answer: z.strictObject({
      ...credential,
      response: z.strictObject({
        clientDataJSON: bytes(2048),
        authenticatorData: bytes(2048),
        signature: bytes(1024),
        userHandle: bytes(64).optional(),
      }),
    }),
  },
  enrolment: {
    prompt: z.strictObject({
      rp: z.strictObject({ id: z.string(), name: z.string() }),
      user: z.strictObject({ id: z.string(), name: z.string(), displayName: z.string() }),
      challenge: z.string(),
      pubKeyCredParams: z.array(z.strictObject({ type: z.literal('public-key'), alg: z.int() })),
      timeout: z.int(),
      excludeCredentials: z.array(descriptor),
      authenticatorSelection: z.strictObject({ residentKey: z.literal('preferred'), userVerification: uv }),
      attestation: z.literal('none'),
    }),
    answer: z.strictObject({
      ...credential,
      response: z.strictObject({
        clientDataJSON: bytes(2048),
        attestationObject: bytes(8192),
        transports: z.array(z.string().max(20)).max(10),
      }),
    }),
  },
  /** The account's current state for a password manager, through the Signal API (§5.1.10). */
  told: z.strictObject({
    rpId: z.string(),
    userId: z.string(),
    /** Every accepted credential id: the password manager may delete any other. */
    ids: z.array(z.string()),
    name: z.string(),
    displayName: z.string(),
  }),
} as const satisfies Contract
