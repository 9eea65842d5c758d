import type { Dialect } from './dialect.ts'

/** SafeNet Trusted Access's words: one for each authenticator, and `mfa` for two of them. */
export const staDialect: Dialect = {
  words: { pwd: 'pwd', wia: 'pwd', otp: 'otp', hwk: 'hwk', sms: 'sms' },
  factors: { passkey: ['fido'], smartcard: ['sc'] },
  mfa: 'two-factors',
  order: 'proven',
}
