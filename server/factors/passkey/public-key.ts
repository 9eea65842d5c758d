import { createPublicKey } from 'node:crypto'
import { isEd25519PublicKey } from './ed25519.ts'

/** A decoded COSE_Key (RFC 9052 §7): values by label. */
type CoseKey = ReadonlyMap<unknown, unknown>

/** The requirements on keys of an algorithm (WebAuthn Level 3 §5.8.5). */
interface KeyKind {
  readonly kty: number
  /** The number of negative labels: the key type's public parameters, and no private key. */
  readonly parameters: number
  readonly isSound: (key: CoseKey) => boolean
}

const [kty, alg, crv, x, y, n, e] = [1, 3, -1, -2, -3, -1, -2]
const [okp, ec2, rsa] = [1, 2, 3]
const ed25519 = 6

/** RFC 9053 §7.1.1: coordinates as long as the field's elements, of an uncompressed point on the curve. */
const onCurve = (curve: number, name: string, octets: number): KeyKind => ({
  kty: ec2,
  parameters: 3,
  isSound(key) {
    const [px, py] = [key.get(x), key.get(y)]
    if (!isOctets(px) || !isOctets(py) || px.length !== octets || py.length !== octets) return false
    return key.get(crv) === curve && isPoint({ kty: 'EC', crv: name, x: base64url(px), y: base64url(py) })
  },
})

/** Kinds of key by COSE algorithm: ES256, ES384, ES512, EdDSA (RFC 9053 §2) and RS256 (RFC 8812 §2). */
const kinds = new Map<unknown, KeyKind>([
  [-7, onCurve(1, 'P-256', 32)],
  [-35, onCurve(2, 'P-384', 48)],
  [-36, onCurve(3, 'P-521', 66)],
  [
    -8,
    {
      kty: okp,
      parameters: 2,
      isSound(key) {
        const point = key.get(x)
        return key.get(crv) === ed25519 && isOctets(point) && isEd25519PublicKey(point)
      },
    },
  ],
  [-257, { kty: rsa, parameters: 2, isSound: (key) => isModulus(key.get(n)) && isExponent(key.get(e)) }],
])

/**
 * Whether signatures can be verified by a credential public key (COSE_Key in CBOR): type, curve and algorithm belong
 * together, and the values are those of a public key under which nobody can sign without the private key.
 */
export async function isSoundPublicKey(publicKey: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const { decodeCredentialPublicKey } = await import('@simplewebauthn/server/helpers')
  try {
    const key: unknown = decodeCredentialPublicKey(publicKey)
    if (!(key instanceof Map)) return false
    const kind = kinds.get(key.get(alg))
    const parameters = [...key.keys()].filter((label) => typeof label === 'number' && label < 0)
    return kind?.kty === key.get(kty) && kind?.parameters === parameters.length && kind.isSound(key)
  } catch {
    return false
  }
}

/** Whether the coordinates are a point of the curve: OpenSSL refuses any other. */
function isPoint(key: Readonly<Record<'kty' | 'crv' | 'x' | 'y', string>>): boolean {
  try {
    return createPublicKey({ key, format: 'jwk' }).type === 'public'
  } catch {
    return false
  }
}
const base64url = (octets: Uint8Array) => Buffer.from(octets).toString('base64url')

const isOctets = (value: unknown): value is Uint8Array => value instanceof Uint8Array

const leastModulusBits = 2048
/** The longest modulus: a signature is as long, and the wire contract accepts no longer signature. */
const mostModulusBits = 8192
/** RFC 8230 §4: no leading zeros; RFC 8812 §2: 2048 bits and more. The product of odd primes is odd. */
function isModulus(value: unknown): boolean {
  if (!isPositive(value)) return false
  const bits = value.length * 8 - Math.clz32(value[0] ?? 0) + 24
  return bits >= leastModulusBits && bits <= mostModulusBits && isOdd(value)
}

/** The longest exponent that OpenSSL accepts with long moduli. */
const mostExponentOctets = 8
/** FIPS 186-5 §A.1.1: odd and above 2^16. Under an exponent of one every signature verifies. */
const isExponent = (value: unknown): boolean =>
  isPositive(value) && value.length >= 3 && value.length <= mostExponentOctets && isOdd(value)

const isPositive = (value: unknown): value is Uint8Array => isOctets(value) && (value[0] ?? 0) > 0
const isOdd = (value: Uint8Array): boolean => ((value.at(-1) ?? 0) & 1) === 1
