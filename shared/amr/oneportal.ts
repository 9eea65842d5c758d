import type { Dialect } from './dialect.ts'

/** onePortal's words, in the order in which its document shows them. It has none for a passkey or a smartcard. */
export const oneportal: Dialect = {
  words: { pwd: 'pwd', wia: 'pwd', otp: 'otp', sms: 'sms' },
  factors: { passkey: [], smartcard: [] },
  mfa: 'password-and-another',
  order: 'alphabet',
}
