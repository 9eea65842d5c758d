import type { Dialect } from './dialect.ts'

/** onePortal's words, in the order in which its document shows them. A passkey and a smartcard have no word. */
export const oneportal: Dialect = {
  words: { pwd: 'pwd', wia: 'pwd', otp: 'otp', sms: 'sms' },
  factors: { passkey: [], smartcard: [] },
  mfa: 'password-and-another',
  order: 'alphabet',
}
