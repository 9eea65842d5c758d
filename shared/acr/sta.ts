import { filter, type Vocabulary } from './meaning.ts'

const knowledge = ['password', 'kerberos'] as const
const inherence = ['passkey', 'smartcard'] as const
// SafeNet's table lists every one-time password token for possession, and not the text message.
const possession = ['token', 'grid', 'totp', ...inherence] as const

/** SafeNet Trusted Access's acr values, as SafeNet's tables define them. */
export const staAcr: Vocabulary = {
  'urn:safenetid.com:acr:pwd': filter('password'),
  'urn:safenetid.com:acr:grid': filter('grid'),
  'urn:safenetid.com:acr:sms': filter('sms'),
  'urn:safenetid.com:acr:mpPlus': filter('totp'),
  'urn:safenetid.com:acr:hwk': filter('token'),
  'urn:safenetid.com:acr:fido': filter('passkey'),
  'urn:safenetid.com:acr:sc': filter('smartcard'),
  'urn:safenetid.com:acr:knowledge': filter(...knowledge),
  'urn:safenetid.com:acr:possession': filter(...possession),
  'urn:safenetid.com:acr:inherence': filter(...inherence),
  'urn:safenetid.com:acr:possessionorinherence': filter(...possession),
  'urn:safenetid.com:acr:knowledgeorpossession': filter(...knowledge, ...possession),
  'urn:safenetid.com:acr:knowledgeorinherence': filter(...knowledge, ...inherence),
  'urn:safenetid.com:acr:knowledgeorpossessionorinherence': filter(...knowledge, ...possession, 'sms'),
}
