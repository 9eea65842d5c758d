import type { LeafOf } from './leaf.ts'

/** Condition: the request's network address is in one of these networks. */
export interface Networks extends LeafOf<'networks'> {
  /** The fixed bits of each network, in the order of `oneOf`. */
  readonly bits: readonly string[]
}

/** A network address as text, and its bits. */
export interface Address {
  readonly written: string
  readonly bits: string
}

/** Networks in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3). */
export const networks = (...oneOf: readonly string[]): Networks => ({ is: 'networks', oneOf, bits: oneOf.map(bitsOf) })
export const addressFrom = (written: string): Address => ({ written, bits: bitsOf(written) })

export const isWithin = ({ bits }: Networks, address: Address): boolean =>
  bits.some((fixed) => address.bits.startsWith(fixed))

const mapped = `6${'0'.repeat(80)}${'1'.repeat(16)}`

/**
 * The family (4 or 6) and the fixed bits, as digits: an address whose bits begin with a network's bits is in the
 * network. IPv4 in IPv6 counts as IPv4.
 */
function bitsOf(written: string): string {
  const [address = '', length = '128'] = written.split('/')
  const bits = address.includes(':') ? `6${binary(groupsOf(address), 16, 16)}` : `4${binary(address.split('.'), 10, 8)}`
  const fixed = bits.slice(0, 1 + Number(length))
  return fixed.startsWith(mapped) ? `4${fixed.slice(mapped.length)}` : fixed
}

const binary = (parts: readonly string[], radix: number, width: number) =>
  parts.map((part) => Number.parseInt(part, radix).toString(2).padStart(width, '0')).join('')

/** The eight groups of an IPv6 address; its last two may be written as IPv4 (RFC 4291 §2.2). */
function groupsOf(address: string): readonly string[] {
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number)
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
  })
  const [left = [], right = []] = hex.split('::').map((half) => half.split(':').filter(Boolean))
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
}
