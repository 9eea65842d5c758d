const p = 2n ** 255n - 19n
/** The curve's d (RFC 8032 §5.1). */
const d = 37095705934669439343138083508754565189542113879843219016388785533085940283555n
const encodedOctets = 32

/**
 * Whether these octets are an Ed25519 public key: the encoding of a point (RFC 8032 §5.1.3) whose order is large. Under
 * a point of small order a signature needs no private key.
 */
export function isEd25519PublicKey(octets: Uint8Array): boolean {
  if (octets.length !== encodedOctets) return false
  // Little end first; the highest bit is the sign of x.
  const y = BigInt.asUintN(255, BigInt(`0x${Buffer.from(octets).reverse().toString('hex')}`))
  if (y >= p) return false
  const y2 = (y * y) % p
  // x² = (y² - 1) / (dy² + 1) has a root where the product of the two is a square.
  const x2 = (y2 - 1n + p) * (d * y2 + 1n)
  return !isOfSmallOrder(y, y2) && power(x2 % p, (p - 1n) / 2n) === 1n
}

/** Orders 4, 1 and 2 have y = 0, 1 and -1; a point of order 8 doubles to one with y = 0, so that y² = -x². */
const isOfSmallOrder = (y: bigint, y2: bigint): boolean => y === 0n || y2 === 1n || (d * y2 * y2 + 2n * y2) % p === 1n

function power(base: bigint, exponent: bigint): bigint {
  let product = 1n
  for (let [square, rest] = [base, exponent]; rest > 0n; rest >>= 1n) {
    if (rest & 1n) product = (product * square) % p
    square = (square * square) % p
  }
  return product
}
