import { constants, type KeyObject, verify } from 'node:crypto'
import { contextOf, type Der, elements, inside, oidIn, only, tags } from './der.ts'

/** The hash of each algorithm that is accepted; SHA-1 and MD5 are not. Null: the algorithm has its own. */
const hashes: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
  '1.3.101.113': null,
}
const pss = '1.2.840.113549.1.1.10'
const pssHashes: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}
const curves: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1'])
const leastRsaBits = 2048

/** Which hash a signature was made with, and whether RSA padded it as PSS; null for what is not accepted. */
function schemeOf(algorithm: Der): { readonly hash: string | null; readonly isPss: boolean } | null {
  const [id, parameters] = inside(algorithm)
  const name = oidIn(id)
  if (name !== pss) return Object.hasOwn(hashes, name) ? { hash: hashes[name] ?? null, isPss: false } : null
  // RFC 4055 §3.1: without a hash it would be SHA-1.
  const hash = inside(parameters).find(({ tag }) => tag === contextOf(0))
  const known = hash ? pssHashes[oidIn([...elements(only(hash.body, tags.sequence).body)][0])] : undefined
  return known ? { hash: known, isPss: true } : null
}

export const isAccepted = (algorithm: Der): boolean => schemeOf(algorithm) !== null

/** RSA of 2048 bits and more, the curves of NIST by their names, and Edwards curves. */
export function isStrong(key: KeyObject): boolean {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  if (type === 'rsa' || type === 'rsa-pss') return (details?.modulusLength ?? 0) >= leastRsaBits
  if (type === 'ec') return curves.has(details?.namedCurve ?? '') && isNamed(key)
  return type === 'ed25519' || type === 'ed448'
}

/** A curve that is written out may be another one that only looks like it (RFC 5480 §2.1.1 forbids it). */
function isNamed(key: KeyObject): boolean {
  const [algorithm] = inside(only(key.export({ type: 'spki', format: 'der' }), tags.sequence))
  return inside(algorithm)[1]?.tag === tags.oid
}

/** Whether this key made this signature. */
export function isSignedBy(key: KeyObject, algorithm: Der, signed: Buffer, signature: Buffer): boolean {
  const scheme = schemeOf(algorithm)
  if (!scheme || !isStrong(key)) return false
  const padding = scheme.isPss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING
  try {
    return verify(scheme.hash, signed, key.asymmetricKeyType === 'rsa' ? { key, padding } : key, signature)
  } catch {
    return false
  }
}
