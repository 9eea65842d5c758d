import { constants, type KeyObject, verify } from 'node:crypto'
import { childrenOf, contextTag, type Der, hexIn, oidIn, onlyElement, tags } from './der.ts'

/** The hash of each accepted algorithm; SHA-1 and MD5 are not accepted. Null: the algorithm includes its hash. */
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
const mgf1 = '1.2.840.113549.1.1.8'
/** The bytes of the longest hash. */
const longestSalt = 64
const pssHashes: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}
const curves: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1'])
const leastRsaBits = 2048

interface Scheme {
  readonly hash: string | null
  /** The salt of PSS, in bytes; null for a signature that is not PSS. */
  readonly saltLength: number | null
}

/** The scheme of a signature algorithm; null for one that is not accepted. */
function schemeOf(algorithm: Der): Scheme | null {
  const [id, parameters] = childrenOf(algorithm)
  const name = oidIn(id)
  if (name === pss) return pssIn(childrenOf(parameters))
  return Object.hasOwn(hashes, name) ? { hash: hashes[name] ?? null, saltLength: null } : null
}

/** The PSS scheme (RFC 4055 §3.1). The default hash, here and of MGF1, is SHA-1; the default salt is of 20 bytes. */
function pssIn(parameters: readonly Der[]): Scheme | null {
  const field = (number: number) => parameters.find(({ tag }) => tag === contextTag(number))
  const [hash, mask, salt, trailer] = [0, 1, 2, 3].map(field)
  const known = hash && pssHashes[oidIn(childrenOf(onlyElement(hash.body, tags.sequence))[0])]
  const [generator, masked] = mask ? childrenOf(onlyElement(mask.body, tags.sequence)) : []
  const isSameHash = generator && oidIn(generator) === mgf1 && pssHashes[oidIn(childrenOf(masked)[0])] === known
  const length = salt ? Number.parseInt(hexIn(onlyElement(salt.body, tags.integer)), 16) : 20
  const isUsual = !trailer || hexIn(onlyElement(trailer.body, tags.integer)) === '01'
  return known && isSameHash && isUsual && length <= longestSalt ? { hash: known, saltLength: length } : null
}

/** Whether signatures by this algorithm are accepted. */
export const isAccepted = (algorithm: Der): boolean => schemeOf(algorithm) !== null

/** The limit of RSA exponents (FIPS 186-5 §A.1.1): one as long as its modulus makes verifying cost a hundredfold. */
const exponentLimit = 2n ** 256n
/** Whether a signature of this key may be verified before the key is trusted. */
export const isQuick = ({ asymmetricKeyDetails: details }: KeyObject): boolean =>
  (details?.publicExponent ?? 0n) < exponentLimit

/** Whether a key is strong enough: RSA of 2048 bits and more, a named NIST curve, or an Edwards curve. */
export function isStrong(key: KeyObject): boolean {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  if (type === 'rsa' || type === 'rsa-pss') return (details?.modulusLength ?? 0) >= leastRsaBits
  if (type === 'ec') return curves.has(details?.namedCurve ?? '') && isNamed(key)
  return type === 'ed25519' || type === 'ed448'
}

/** Whether a key names its curve: explicit parameters, which RFC 5480 §2.1.1 forbids, may imitate a known curve. */
function isNamed(key: KeyObject): boolean {
  const [algorithm] = childrenOf(onlyElement(key.export({ type: 'spki', format: 'der' }), tags.sequence))
  return childrenOf(algorithm)[1]?.tag === tags.oid
}

/** Whether this key made this signature. */
export function isSignedBy(key: KeyObject, algorithm: Der, signed: Buffer, signature: Buffer): boolean {
  const scheme = schemeOf(algorithm)
  if (!scheme || !isStrong(key)) return false
  const { hash, saltLength } = scheme
  const isRsa = key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'rsa-pss'
  const padding = saltLength === null ? constants.RSA_PKCS1_PADDING : constants.RSA_PKCS1_PSS_PADDING
  try {
    return verify(
      hash,
      signed,
      isRsa ? { key, padding, ...(saltLength === null ? {} : { saltLength }) } : key,
      signature,
    )
  } catch {
    return false
  }
}
