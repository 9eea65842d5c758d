import { createHash, X509Certificate } from 'node:crypto'
import {
  bitsIn,
  childrenOf,
  contextTag,
  countIn,
  type Der,
  expectTag,
  hexIn,
  Malformed,
  oidIn,
  onlyElement,
  tags,
  timeIn,
} from './der.ts'
import { isSameName } from './distinguished-name.ts'

/** The extensions that the checks know (RFC 5280 §4.2). */
export const extensions = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  policyConstraints: '2.5.29.36',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  inhibitAnyPolicy: '2.5.29.54',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
} as const
const known: ReadonlySet<string> = new Set(Object.values(extensions))

/** The bits of the key usage that the checks need (RFC 5280 §4.2.1.3). */
export const keyUsages = { digitalSignature: 0, keyCertSign: 5, crlSign: 6 } as const

/** A certificate, read from its DER once. Names are DER: `isSameName` compares them. */
export interface Certificate {
  readonly x509: X509Certificate
  readonly issuer: Buffer
  readonly subject: Buffer
  /** Hexadecimal. */
  readonly serial: string
  /** The first and the last instant at which it is valid, in epoch milliseconds. */
  readonly notBefore: number
  readonly notAfter: number
  /** The subject's public key, with its algorithm and as bits alone. */
  readonly subjectPublicKeyInfo: Buffer
  readonly subjectPublicKey: Buffer
  /** The algorithm of the certificate's signature. */
  readonly signatureAlgorithm: Der
  readonly extensions: ReadonlyMap<string, Buffer>
  /** Whether an extension that the checks do not know is critical (RFC 5280 §4.2). */
  readonly hasUnknownCritical: boolean
  /** The bits of the key usage; null without the extension. */
  readonly keyUsage: ReadonlySet<number> | null
  /** Key purposes as dotted object identifiers; null without the extension. */
  readonly extendedKeyUsage: readonly string[] | null
  /** A CA's limit of the intermediate certificates that may follow (basicConstraints); null for an end entity. */
  readonly ca: { readonly pathLength: number } | null
}

/** Reads a certificate in DER or PEM; null for one that is not of version 3 or has an unreadable key, and for junk. */
export function readCertificate(bytes: Uint8Array | string): Certificate | null {
  try {
    const x509 = new X509Certificate(bytes)
    return x509.publicKey && certificateOf(x509)
  } catch {
    return null
  }
}

/** Whether subject and issuer are one name: a CA certifies another key of its own, or other terms (RFC 5280 §6.1). */
export const isSelfIssued = ({ subject, issuer }: Certificate): boolean => isSameName(subject, issuer)

/** Makes a reader that reads each certificate once, in however many paths the certificate stands. */
export function readOnce<T>(read: (certificate: Certificate) => T): (certificate: Certificate) => T {
  const known = new WeakMap<Certificate, { readonly value: T }>()
  return (certificate) => {
    const { value } = known.get(certificate) ?? { value: read(certificate) }
    known.set(certificate, { value })
    return value
  }
}

/** The most names, constraints, policies or mappings of a certificate: comparing more would be a denial of service. */
const mostEntries = 1024
/** The entries, unless there are too many. Throws `Malformed`. */
export function fewIn(entries: Iterable<Der>): readonly Der[] {
  const few: Der[] = []
  for (const entry of entries)
    if (few.push(entry) > mostEntries) throw new Malformed(`more than ${mostEntries} entries`)
  return few
}

/** The SHA-256 of a certificate's whole SubjectPublicKeyInfo, in base64url. */
export const keyHashOf = ({ subjectPublicKeyInfo }: Pick<Certificate, 'subjectPublicKeyInfo'>): string =>
  fingerprintOf(subjectPublicKeyInfo)
export const fingerprintOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url')

const version3 = 2
function certificateOf(x509: X509Certificate): Certificate {
  const [tbs, algorithm] = childrenOf(onlyElement(x509.raw, tags.sequence))
  const [version, serial, , issuer, validity, subject, publicKey, ...rest] = childrenOf(tbs)
  const [from, until] = childrenOf(validity)
  if (countIn(onlyElement(expectTag(version, contextTag(0)).body, tags.integer)) !== version3)
    throw new Malformed('another version')
  const written = rest.find(({ tag }) => tag === contextTag(3))
  const { values, hasUnknownCritical } = extensionsIn(written && onlyElement(written.body, tags.sequence))
  const keyUsage = values.get(extensions.keyUsage)
  const purposes = values.get(extensions.extendedKeyUsage)
  return {
    x509,
    issuer: expectTag(issuer, tags.sequence).raw,
    subject: expectTag(subject, tags.sequence).raw,
    serial: hexIn(serial),
    notBefore: timeIn(from),
    notAfter: timeIn(until),
    subjectPublicKeyInfo: expectTag(publicKey, tags.sequence).raw,
    subjectPublicKey: expectTag(childrenOf(publicKey)[1], tags.bitString).body.subarray(1),
    signatureAlgorithm: expectTag(algorithm, tags.sequence),
    extensions: values,
    hasUnknownCritical,
    keyUsage: keyUsage ? bitsIn(onlyElement(keyUsage, tags.bitString)) : null,
    extendedKeyUsage: purposes ? childrenOf(onlyElement(purposes, tags.sequence)).map(oidIn) : null,
    ca: caIn(values.get(extensions.basicConstraints)),
  }
}

/** Extensions by their identifiers; none may be there twice (RFC 5280 §4.2). */
export function extensionsIn(
  list: Der | undefined,
  understood: ReadonlySet<string> = known,
): { readonly values: ReadonlyMap<string, Buffer>; readonly hasUnknownCritical: boolean } {
  const values = new Map<string, Buffer>()
  let hasUnknownCritical = false
  for (const extension of list ? childrenOf(list) : []) {
    const [id, ...rest] = childrenOf(extension)
    const name = oidIn(id)
    if (values.has(name)) throw new Malformed('an extension that is there twice')
    values.set(name, expectTag(rest.at(-1), tags.octetString).body)
    hasUnknownCritical ||= rest[0]?.tag === tags.boolean && rest[0].body[0] !== 0 && !understood.has(name)
  }
  return { values, hasUnknownCritical }
}

/** The basic constraints (RFC 5280 §4.2.1.9). Unknown content makes the certificate unreadable, not an end entity's. */
function caIn(bytes: Buffer | undefined): Certificate['ca'] {
  const fields = bytes ? [...childrenOf(onlyElement(bytes, tags.sequence))] : []
  const cA = fields[0]?.tag === tags.boolean ? fields.shift() : undefined
  const [pathLength, ...more] = fields
  if (more.length > 0 || cA?.body.length === 0) throw new Malformed('basic constraints with something else inside')
  const most = pathLength ? countIn(pathLength) : Number.POSITIVE_INFINITY
  return cA && cA.body[0] !== 0 ? { pathLength: most } : null
}

/** A certification path (RFC 5280 §6.1) from the end entity's certificate on, the trust anchor last. */
export type CertificationPath = readonly [Certificate, ...Certificate[]]
