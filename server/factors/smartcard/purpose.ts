import { type Certificate, usages } from './certificate.ts'
import { isStrong } from './signature.ts'

const clientAuth = '1.3.6.1.5.5.7.3.2'
const smartcardLogon = '1.3.6.1.4.1.311.20.2.2'
/** Good enough for an authority, and not for a card. */
const any = '2.5.29.37.0'

export const signsIn = (purposes: readonly string[], isAuthority: boolean): boolean =>
  purposes.some((purpose) => purpose === clientAuth || purpose === smartcardLogon || (isAuthority && purpose === any))

/** Whether a certificate is one that its holder signs in with: what it does not say, it is not for. */
export const isForSigningIn = (certificate: Certificate): boolean =>
  certificate.authority === null &&
  !certificate.obscure &&
  certificate.usage?.has(usages.sign) === true &&
  signsIn(certificate.purposes ?? [], false) &&
  isStrong(certificate.x509.publicKey)
