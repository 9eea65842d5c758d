import type { Certificate } from './certificate.ts'

export const anyExtendedKeyUsage = '2.5.29.37.0'

/** The extended key usages (RFC 5280 §4.2.1.12) that an end entity's certificate is accepted for. */
export interface Purposes {
  /** Key purposes as dotted object identifiers, of which a certificate needs one. */
  readonly accepted: readonly string[]
  /** Whether a certificate without the extension is accepted too. */
  readonly areOptional: boolean
}
/** The accepted purposes that a certificate has. */
export const purposesOf = ({ extendedKeyUsage }: Certificate, { accepted }: Purposes): readonly string[] =>
  accepted.filter((purpose) => extendedKeyUsage === null || extendedKeyUsage.includes(purpose))

/** Whether a purpose of the end entity is one of every issuer; without the extension, any is (RFC 5280 §4.2.1.12). */
export function isIssuedFor(endEntity: Certificate, issuers: readonly Certificate[], purposes: Purposes): boolean {
  const isOpen = (issuer: Certificate, purpose: string) =>
    issuer.extendedKeyUsage === null ||
    issuer.extendedKeyUsage.some((listed) => listed === purpose || listed === anyExtendedKeyUsage)
  const own = purposesOf(endEntity, purposes)
  // A certificate without an accepted purpose is refused elsewhere, and not for its issuers.
  const wanted = own.length > 0 ? own : purposes.accepted
  const isUnbound = issuers.every((issuer) => issuer.extendedKeyUsage === null)
  return isUnbound || wanted.some((purpose) => issuers.every((issuer) => isOpen(issuer, purpose)))
}
