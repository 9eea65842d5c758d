import { allFactors } from '../factors/table.ts'
import { filter, type Meaning } from './meaning.ts'

const knowledge = ['password', 'kerberos'] as const
const otp = ['totp', 'token', 'grid'] as const
const possession = [...otp, 'sms', 'passkey', 'smartcard'] as const

/** Our own filters: one for each factor (a recovery code has none), and classes of them. */
export const sallyport: Readonly<Record<string, Meaning>> = {
  ...Object.fromEntries(
    allFactors
      .filter((factor) => factor !== 'recovery-code')
      .map((factor) => [`urn:sallyport:acr:${factor}`, filter(factor)]),
  ),
  'urn:sallyport:acr:otp': filter(...otp),
  'urn:sallyport:acr:knowledge': filter(...knowledge),
  'urn:sallyport:acr:possession': filter(...possession),
  'urn:sallyport:acr:knowledgeorpossession': filter(...knowledge, ...possession),
}
