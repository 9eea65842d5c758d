import type { Dialect } from './dialect.ts'

/** The default dialect: the registered words (RFC 8176 §2), to which `fido` does not belong. */
export const rfc8176: Dialect = {
  words: { pwd: 'pwd', wia: 'wia', otp: 'otp', hwk: 'hwk', swk: 'swk', sms: 'sms', user: 'user', sc: 'sc' },
  mfa: 'two-kinds',
  mca: true,
  order: 'proven',
}
