import { type Certificate, usages } from './certificate.ts'
import { isStrong } from './signature.ts'

/** Extended key usages (RFC 5280 §4.2.1.12) by the names that a configuration may use. */
export const purposeIds = {
  clientAuth: '1.3.6.1.5.5.7.3.2',
  smartcardLogon: '1.3.6.1.4.1.311.20.2.2',
  anyExtendedKeyUsage: '2.5.29.37.0',
} as const

/** Which cards of an anchor sign in. */
export interface Purposes {
  /** Dotted extended key usages, of which a card needs one. */
  readonly taken: readonly string[]
  /** Whether a card without the extension is taken too. */
  readonly areOptional: boolean
}
export const usualPurposes: Purposes = {
  taken: [purposeIds.clientAuth, purposeIds.smartcardLogon],
  areOptional: false,
}

/** Whether a certificate is one that its holder signs in with: what it does not say, it is not for. */
export const isForSigningIn = (certificate: Certificate, purposes: Purposes): boolean =>
  certificate.authority === null &&
  !certificate.hasUnknownCritical &&
  certificate.usage?.has(usages.sign) === true &&
  (certificate.purposes === null ? purposes.areOptional : purposesOf(certificate, purposes).length > 0) &&
  isStrong(certificate.x509.publicKey)

const purposesOf = ({ purposes }: Certificate, { taken }: Purposes) =>
  taken.filter((purpose) => purposes === null || purposes.includes(purpose))

/** Whether one purpose of the card is a purpose of all its issuers, who may leave it open (RFC 5280 §4.2.1.12). */
export function isIssuedFor(card: Certificate, issuers: readonly Certificate[], purposes: Purposes): boolean {
  const isOpen = (issuer: Certificate, purpose: string) =>
    issuer.purposes === null || issuer.purposes.some((one) => one === purpose || one === purposeIds.anyExtendedKeyUsage)
  const own = purposesOf(card, purposes)
  // A card for nothing is refused for that, and not for its issuers.
  const wanted = own.length > 0 ? own : purposes.taken
  const isUnbound = issuers.every((issuer) => issuer.purposes === null)
  return isUnbound || wanted.some((purpose) => issuers.every((issuer) => isOpen(issuer, purpose)))
}
