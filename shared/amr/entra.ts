import type { Dialect } from './dialect.ts'

/** Microsoft Entra's words for an external method: exactly one, the strongest, and none for a knowledge factor. */
export const entraDialect: Dialect = {
  words: { otp: 'otp', sms: 'sms' },
  factors: { passkey: ['fido'], smartcard: ['sc'], 'recovery-code': [] },
  mfa: 'never',
  order: 'proven',
  one: ['fido', 'sc', 'otp', 'sms'],
}
