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
  subjectKey: '2.5.29.14',
  keyUsage: '2.5.29.15',
  names: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  listAddresses: '2.5.29.31',
  policies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  policyConstraints: '2.5.29.36',
  authorityKey: '2.5.29.35',
  purposes: '2.5.29.37',
  inhibitAnyPolicy: '2.5.29.54',
  access: '1.3.6.1.5.5.7.1.1',
} as const
const known: ReadonlySet<string> = new Set(Object.values(extensions))

/** What a key may be used for: bits of the key usage (RFC 5280 §4.2.1.3). */
export const usages = { sign: 0, issue: 5, revoke: 6 } as const

/** A certificate, read from its DER once. Names are DER: `isSameName` compares them. */
export interface Certificate {
  readonly x509: X509Certificate
  readonly issuer: Buffer
  readonly subject: Buffer
  /** Hexadecimal. */
  readonly serial: string
  /** The first and the last instant at which it is valid, in epoch milliseconds. */
  readonly from: number
  readonly until: number
  /** The subject's public key: all of it, and the bits alone. */
  readonly publicKey: Buffer
  readonly keyBits: Buffer
  /** The algorithm that it is signed with. */
  readonly algorithm: Der
  readonly extensions: ReadonlyMap<string, Buffer>
  /** It says something critical that the checks do not know (RFC 5280 §4.2). */
  readonly hasUnknownCritical: boolean
  /** Null when it says nothing about it. */
  readonly usage: ReadonlySet<number> | null
  readonly purposes: readonly string[] | null
  /** Whether it may issue, and through how many others at most. */
  readonly authority: { readonly depth: number } | null
}

/** Null for what is no certificate of version 3, and for one whose key cannot be read. */
export function readCertificate(bytes: Uint8Array | string): Certificate | null {
  try {
    const x509 = new X509Certificate(bytes)
    return x509.publicKey && certificateOf(x509)
  } catch {
    return null
  }
}

/** A certificate of an authority for itself: another key, or other terms (RFC 5280 §6.1). */
export const isSelfIssued = ({ subject, issuer }: Certificate): boolean => isSameName(subject, issuer)

/** Reads something of a certificate once, however many paths it stands in. */
export function readOnce<T>(read: (certificate: Certificate) => T): (certificate: Certificate) => T {
  const known = new WeakMap<Certificate, { readonly value: T }>()
  return (certificate) => {
    const { value } = known.get(certificate) ?? { value: read(certificate) }
    known.set(certificate, { value })
    return value
  }
}

/** Names, constraints, policies or mappings of one certificate: more are an attack on whoever compares them. */
const mostEntries = 1024
export function fewIn(entries: Iterable<Der>): readonly Der[] {
  const few: Der[] = []
  for (const entry of entries)
    if (few.push(entry) > mostEntries) throw new Malformed(`more than ${mostEntries} entries`)
  return few
}

/** Of all of its SubjectPublicKeyInfo. */
export const keyHashOf = ({ publicKey }: Pick<Certificate, 'publicKey'>): string => fingerprintOf(publicKey)
export const fingerprintOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url')

const version3 = 2
function certificateOf(x509: X509Certificate): Certificate {
  const [tbs, algorithm] = childrenOf(onlyElement(x509.raw, tags.sequence))
  const [version, serial, , issuer, validity, subject, publicKey, ...rest] = childrenOf(tbs)
  const [from, until] = childrenOf(validity)
  if (countIn(onlyElement(expectTag(version, contextTag(0)).body, tags.integer)) !== version3)
    throw new Malformed('another version')
  const written = rest.find(({ tag }) => tag === contextTag(3))
  const { values, obscure } = extensionsIn(written && onlyElement(written.body, tags.sequence))
  const usage = values.get(extensions.keyUsage)
  const purposes = values.get(extensions.purposes)
  return {
    x509,
    issuer: expectTag(issuer, tags.sequence).raw,
    subject: expectTag(subject, tags.sequence).raw,
    serial: hexIn(serial),
    from: timeIn(from),
    until: timeIn(until),
    publicKey: expectTag(publicKey, tags.sequence).raw,
    keyBits: expectTag(childrenOf(publicKey)[1], tags.bitString).body.subarray(1),
    algorithm: expectTag(algorithm, tags.sequence),
    extensions: values,
    hasUnknownCritical: obscure,
    usage: usage ? bitsIn(onlyElement(usage, tags.bitString)) : null,
    purposes: purposes ? childrenOf(onlyElement(purposes, tags.sequence)).map(oidIn) : null,
    authority: authorityIn(values.get(extensions.basicConstraints)),
  }
}

/** Extensions by their identifiers; none may be there twice (RFC 5280 §4.2). */
export function extensionsIn(
  list: Der | undefined,
  understood: ReadonlySet<string> = known,
): { readonly values: ReadonlyMap<string, Buffer>; readonly obscure: boolean } {
  const values = new Map<string, Buffer>()
  let obscure = false
  for (const one of list ? childrenOf(list) : []) {
    const [id, ...rest] = childrenOf(one)
    const name = oidIn(id)
    if (values.has(name)) throw new Malformed('an extension that is there twice')
    values.set(name, expectTag(rest.at(-1), tags.octetString).body)
    obscure ||= rest[0]?.tag === tags.boolean && rest[0].body[0] !== 0 && !understood.has(name)
  }
  return { values, obscure }
}

function authorityIn(bytes: Buffer | undefined): Certificate['authority'] {
  if (!bytes) return null
  const [isAuthority, depth] = childrenOf(onlyElement(bytes, tags.sequence))
  if (isAuthority?.tag !== tags.boolean || isAuthority.body[0] === 0) return null
  return { depth: depth ? countIn(depth) : Number.POSITIVE_INFINITY }
}

/** A certificate, those that vouch for it one after the other, and the anchor last. */
export type CertificationPath = readonly [Certificate, ...Certificate[]]
