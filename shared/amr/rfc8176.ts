import type { Dialect } from './dialect.ts'

/** The registered words, as they are (RFC 8176 §2); `fido` is not one of them. The default. */
export const rfc8176: Dialect = {
  words: { pwd: 'pwd', wia: 'wia', otp: 'otp', hwk: 'hwk', swk: 'swk', sms: 'sms', user: 'user', sc: 'sc' },
  mfa: 'two-kinds',
  mca: true,
  order: 'proven',
}
