/** One element of DER (ITU-T X.690 §10): its tag, its content, and all its bytes. */
export interface Der {
  readonly tag: number
  readonly body: Buffer
  readonly raw: Buffer
}

/** Bytes that are not DER, or not the DER that was expected. The message is a noun phrase. */
export class Malformed extends Error {}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  enumerated: 0x0a,
  utf8: 0x0c,
  numeric: 0x12,
  printable: 0x13,
  teletex: 0x14,
  ia5: 0x16,
  visible: 0x1a,
  universal: 0x1c,
  bmp: 0x1e,
  utcTime: 0x17,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const
/** Context-specific tags: `context` of a primitive element, `contextTag` of one that holds elements. */
export const context = (number: number): number => 0x80 | number
export const contextTag = (number: number): number => 0xa0 | number

/** The elements in these bytes, one after the other, read one at a time: a revocation list may have a million. */
export function* elements(bytes: Buffer): Generator<Der, void> {
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0
    if ((tag & 0x1f) === 0x1f) throw new Malformed('a tag of more than one byte')
    const { length, from } = lengthAt(bytes, at + 1)
    const end = from + length
    if (end > bytes.length) throw new Malformed('an element that is longer than what it stands in')
    yield { tag, body: bytes.subarray(from, end), raw: bytes.subarray(at, end) }
    at = end
  }
}

/** The length of an element: definite, and in the fewest bytes (X.690 §10.1). */
function lengthAt(bytes: Buffer, at: number): { readonly length: number; readonly from: number } {
  const first = bytes[at]
  if (first === undefined) throw new Malformed('an element without a length')
  if (first < 0x80) return { length: first, from: at + 1 }
  const count = first & 0x7f
  if (count === 0 || count > 4 || at + count >= bytes.length) throw new Malformed('a length that cannot be')
  const length = bytes.readUIntBE(at + 1, count)
  if (length < 0x80 || length < 2 ** (8 * (count - 1))) throw new Malformed('a length in too many bytes')
  return { length, from: at + 1 + count }
}

/** The only element in these bytes. Throws `Malformed` for several, none, or another tag. */
export function onlyElement(bytes: Buffer, tag: number): Der {
  const [element, ...others] = elements(bytes)
  if (!element || others.length > 0) throw new Malformed('not one element')
  return expectTag(element, tag)
}

/** The element, if it has this tag. Throws `Malformed` for another tag, and for no element. */
export function expectTag(element: Der | undefined, tag: number): Der {
  if (element?.tag !== tag) throw new Malformed(`not an element of tag ${tag}`)
  return element
}

/** The elements inside a sequence, or inside another element that holds elements. */
export const childrenOf = (element: Der | undefined, tag: number = tags.sequence): readonly Der[] => [
  ...elements(expectTag(element, tag).body),
]

/** An object identifier, dotted. Throws `Malformed`. */
export function oidIn(element: Der | undefined): string {
  const { body } = expectTag(element, tags.oid)
  const arcs: (number | bigint)[] = []
  let arc: number | bigint = 0
  let isFirst = true
  for (const byte of body) {
    if (isFirst && byte === 0x80) throw new Malformed('an object identifier in too many bytes')
    arc = withDigit(arc, byte & 0x7f)
    isFirst = (byte & 0x80) === 0
    if (!isFirst) continue
    arcs.push(arc)
    arc = 0
  }
  const [first] = arcs
  if (first === undefined || !isFirst) throw new Malformed('an object identifier without an end')
  const root = first < 80 ? Math.floor(Number(first) / 40) : 2
  const second = typeof first === 'bigint' ? first - 80n : first - root * 40
  return [root, second, ...arcs.slice(1)].join('.')
}

/** An arc with seven more bits. Arcs have no limit (X.690 §8.19): those made of a UUID (X.667) have 128 bits. */
function withDigit(arc: number | bigint, digit: number): number | bigint {
  if (typeof arc === 'bigint') return arc * 128n + BigInt(digit)
  return arc < 2 ** 46 ? arc * 128 + digit : BigInt(arc) * 128n + BigInt(digit)
}

/**
 * An integer in hexadecimal: serial numbers are too long for a number. Written in the fewest bytes (X.690 §8.3.2), so
 * that a serial number has one text and a revoked one is found.
 */
export function hexIn(element: Der | undefined): string {
  const { body } = expectTag(element, tags.integer)
  const [first, second = 0] = body
  const isPadded = body.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second > 0x7f))
  if (first === undefined || isPadded) throw new Malformed('a number in too many bytes')
  return body.toString('hex')
}

/** An integer that counts: not negative, in the fewest bytes (X.690 §8.3.2). */
export const countIn = (element: Der | undefined): number => countOf(expectTag(element, tags.integer).body)
export function countOf(integer: Buffer): number {
  const [first, second = 0xff] = integer
  if (first === undefined || first > 0x7f || (first === 0 && integer.length > 1 && second < 0x80))
    throw new Malformed('a number that counts nothing')
  return Number.parseInt(integer.toString('hex'), 16)
}

/** The epoch milliseconds of a UTCTime or GeneralizedTime, which has seconds and a Z (RFC 5280 §4.1.2.5). */
export function timeIn(element: Der | undefined): number {
  const text = element?.body.toString('latin1') ?? ''
  const century = element?.tag === tags.utcTime ? (text < '50' ? '20' : '19') : ''
  const whole = element && isTime(element) ? century + text : ''
  const at = Date.parse(whole.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  // Date reads the 30th of February as a day of March.
  const isReal = !Number.isNaN(at) && new Date(at).toISOString().replace(/\D/g, '').startsWith(whole.slice(0, 14))
  if (!isReal || whole.length !== 15) throw new Malformed('not a time')
  return at
}
export const isTime = ({ tag }: Der): boolean => tag === tags.utcTime || tag === tags.time

/** The numbers of the bits that are set, counted from the left (X.680 §22). */
export function bitsIn(element: Der | undefined): ReadonlySet<number> {
  const { body } = expectTag(element, tags.bitString)
  // The padding must be zero (X.690 §11.2.1): other readers ignore bits there.
  const [unused = 8, padded] = [body[0], body.length > 1 ? (body.at(-1) ?? 0) : 0xff]
  if (unused > 7 || (padded & ((1 << unused) - 1)) !== 0) throw new Malformed('bits behind the last one')
  const bits = [...body.subarray(1)].flatMap((byte, at) =>
    [0, 1, 2, 3, 4, 5, 6, 7].flatMap((bit) => (byte & (0x80 >> bit) ? [at * 8 + bit] : [])),
  )
  return new Set(bits)
}

/** The bytes of a bit string without padding, such as a signature. */
export function bytesIn(element: Der | undefined): Buffer {
  const { body } = expectTag(element, tags.bitString)
  if (body[0] !== 0) throw new Malformed('bits that are no bytes')
  return body.subarray(1)
}

export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body])
  const length = Buffer.from(body.length.toString(16).replace(/^(.)(..)*$/, '0$&'), 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body])
}
