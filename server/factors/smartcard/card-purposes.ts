import { type Certificate, keyUsages } from './x509/certificate.ts'
import { anyExtendedKeyUsage, type Purposes, purposesOf } from './x509/extended-key-usage.ts'
import { isStrong } from './x509/signature.ts'

/** Extended key usages (RFC 5280 §4.2.1.12) by the names that a configuration may use. */
export const purposeIds = {
  clientAuth: '1.3.6.1.5.5.7.3.2',
  smartcardLogon: '1.3.6.1.4.1.311.20.2.2',
  anyExtendedKeyUsage,
} as const

export const usualPurposes: Purposes = {
  accepted: [purposeIds.clientAuth, purposeIds.smartcardLogon],
  areOptional: false,
}

/** Whether a certificate is one that its holder signs in with: what it does not say, it is not for. */
export const isForSigningIn = (certificate: Certificate, purposes: Purposes): boolean =>
  certificate.ca === null &&
  !certificate.hasUnknownCritical &&
  certificate.keyUsage?.has(keyUsages.digitalSignature) === true &&
  (certificate.extendedKeyUsage === null ? purposes.areOptional : purposesOf(certificate, purposes).length > 0) &&
  isStrong(certificate.x509.publicKey)
