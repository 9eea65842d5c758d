import { createHash, randomBytes } from 'node:crypto'
import { type Certificate, extensions, extensionsIn, keyUsages, readCertificate } from './certificate.ts'
import { issuerSkewMs, isValidAt } from './certification-path.ts'
import {
  bytesIn,
  childrenOf,
  context,
  contextTag,
  type Der,
  der,
  elements,
  expectTag,
  Malformed,
  oidIn,
  onlyElement,
  tags,
  timeIn,
} from './der.ts'
import { asciiIn } from './general-names.ts'
import type { Opinion } from './opinion.ts'
import { isAccepted, isSignedBy } from './signature.ts'

const nonceId = '1.3.6.1.5.5.7.48.1.2'
const nonceOid = Buffer.from('2b0601050507300102', 'hex')
const basicResponse = '1.3.6.1.5.5.7.48.1.1'
const responder = '1.3.6.1.5.5.7.48.1'
const signsAnswers = '1.3.6.1.5.5.7.3.9'
const sha1 = Buffer.from('06052b0e03021a', 'hex')
const nonceBytes = 32
/** How long an answer without an end (nextUpdate) is current. */
const longestMs = 24 * 3_600_000

/** An OCSP request about one certificate (RFC 6960 §4.1), with the values that the answer must repeat. */
export interface OcspRequest {
  readonly bytes: Buffer
  /** The certificate's identifier (CertID). */
  readonly id: Buffer
  readonly nonce: Buffer
}

/** Makes the request for a certificate. SHA-1 only identifies the issuer here: few responders know another hash. */
export function questionAbout(certificate: Certificate, issuer: Certificate): OcspRequest {
  const hash = (bytes: Buffer) => der(tags.octetString, createHash('sha1').update(bytes).digest())
  const serial = der(tags.integer, Buffer.from(certificate.serial, 'hex'))
  const algorithm = der(tags.sequence, sha1, der(0x05))
  const id = der(tags.sequence, algorithm, hash(issuer.subject), hash(issuer.subjectPublicKey), serial)
  const nonce = der(tags.octetString, randomBytes(nonceBytes))
  const extension = der(tags.sequence, der(tags.oid, nonceOid), der(tags.octetString, nonce))
  const list = der(tags.sequence, der(tags.sequence, id))
  const request = der(tags.sequence, list, der(contextTag(2), der(tags.sequence, extension)))
  return { bytes: der(tags.sequence, request), id, nonce }
}

/** The responders that a certificate names (RFC 5280 §4.2.2.1). */
export function respondersOf(certificate: Certificate): readonly string[] {
  const access = certificate.extensions.get(extensions.authorityInfoAccess)
  return (access ? childrenOf(onlyElement(access, tags.sequence)) : []).flatMap((description) => {
    const [method, location] = childrenOf(description)
    return oidIn(method) === responder && location?.tag === context(6) ? [asciiIn(location.body)] : []
  })
}

const nothing = (detail: string): Opinion => ({ status: null, detail })

/** The opinion of an OCSP answer. Status null: not signed for the issuer, not current, to another request, or junk. */
export function statusIn(
  answer: Buffer,
  asked: OcspRequest,
  issuer: Certificate,
  now: number,
  needsNonce: boolean,
): Opinion {
  try {
    return read(answer, asked, issuer, now, needsNonce)
  } catch (error) {
    if (error instanceof Malformed) return nothing(`an answer with ${error.message}`)
    throw error
  }
}

function read(
  answer: Buffer,
  { id, nonce }: OcspRequest,
  issuer: Certificate,
  now: number,
  needsNonce: boolean,
): Opinion {
  const [status, carried] = childrenOf(onlyElement(answer, tags.sequence))
  const code = expectTag(status, tags.enumerated).body[0]
  if (code !== 0 || !carried) return nothing(`answered with error ${code}`)
  const [type, bytes] = childrenOf(onlyElement(expectTag(carried, contextTag(0)).body, tags.sequence))
  if (oidIn(type) !== basicResponse) return nothing('an answer of an unknown type')
  const [data, algorithm, signature, certificates] = childrenOf(
    onlyElement(expectTag(bytes, tags.octetString).body, tags.sequence),
  )
  const signed = expectTag(data, tags.sequence)
  const signers = [issuer, ...delegatesIn(certificates, issuer, now)]
  const isGenuine = signers.some((signer) =>
    isSignedBy(signer.x509.publicKey, expectTag(algorithm, tags.sequence), signed.raw, bytesIn(signature)),
  )
  if (!isGenuine) return nothing('not signed by the issuer or for it')

  const fields = childrenOf(signed)
  const at = fields.findIndex(({ tag }) => tag === tags.sequence)
  const [list, written] = fields.slice(at)
  const { values, hasUnknownCritical } = extensionsIn(
    written && onlyElement(written.body, tags.sequence),
    new Set([nonceId]),
  )
  const said = values.get(nonceId)
  if (hasUnknownCritical) return nothing('an answer with an unknown critical extension')
  if (said ? !said.equals(nonce) : needsNonce) return nothing(said ? 'the answer to another question' : 'no nonce')
  const single = childrenOf(list)
    .map((response) => childrenOf(response))
    .find(([about]) => isAbout(id, about))
  return single ? opinionOf(single, now) : nothing('an answer about other certificates')
}

/** Whether two identifiers have the same hashes of the issuer's name and key, and the same serial number. */
function isAbout(id: Buffer, about: Der | undefined): boolean {
  const [[hash, ...asked], [other, ...said]] = [childrenOf(onlyElement(id, tags.sequence)), childrenOf(about)]
  const isSameHash = oidIn(childrenOf(hash)[0]) === oidIn(childrenOf(other)[0])
  return isSameHash && asked.every(({ raw }, at) => said[at]?.raw.equals(raw))
}

/** The opinion of a single response while it is current. The status `unknown` says nothing. */
function opinionOf([, status, thisUpdate, ...rest]: readonly Der[], now: number): Opinion {
  const fieldOf = (number: number) => rest.find(({ tag }) => tag === contextTag(number))
  const [next, extended] = [fieldOf(0), fieldOf(1)]
  const from = timeIn(thisUpdate)
  const until = next ? timeIn([...elements(next.body)][0]) : from + longestMs
  if (from > now + issuerSkewMs || until < now) return nothing(`good until ${new Date(until).toISOString()}`)
  if (extended && extensionsIn(onlyElement(extended.body, tags.sequence), new Set()).hasUnknownCritical)
    return nothing('an answer with an unknown critical extension')
  if (status?.tag === context(0)) return { status: 'good', detail: '' }
  return status?.tag === contextTag(1)
    ? { status: 'revoked', detail: 'revoked' }
    : nothing('does not know the certificate')
}

/** The certificates of responders that the issuer itself has delegated (RFC 6960 §4.2.2.2). */
function delegatesIn(certificates: Der | undefined, issuer: Certificate, now: number): readonly Certificate[] {
  const list = certificates ? childrenOf(onlyElement(expectTag(certificates, contextTag(0)).body, tags.sequence)) : []
  return list
    .slice(0, 5)
    .flatMap(({ raw }) => readCertificate(raw) ?? [])
    .filter(
      (delegate) =>
        delegate.extendedKeyUsage?.includes(signsAnswers) &&
        delegate.keyUsage?.has(keyUsages.digitalSignature) !== false &&
        !delegate.hasUnknownCritical,
    )
    .filter(
      (delegate) =>
        isValidAt(delegate, now) &&
        isAccepted(delegate.signatureAlgorithm) &&
        delegate.x509.checkIssued(issuer.x509) &&
        delegate.x509.verify(issuer.x509.publicKey),
    )
}
