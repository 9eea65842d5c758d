import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { context, contextTag, der, tags } from '#server/factors/smartcard/x509/der.ts'

// Certificates of the tests' own, written byte by byte: whatever OpenSSL would not write, and thousands of them in seconds.

export interface Made {
  readonly der: Buffer
  readonly subject: Buffer
  readonly key: KeyObject
}

export interface Template {
  readonly subject: Buffer
  readonly extensions?: readonly Buffer[]
  readonly from?: Date
  readonly until?: Date
  /** Another one than the issuer's subject. */
  readonly issuer?: Buffer
  readonly pair?: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } | undefined
  /** In place of the key of `pair`. */
  readonly publicKey?: Buffer
  /** What the outer algorithm says, where it is not what the inner one says. */
  readonly outer?: Buffer
}

const dayMs = 24 * 3_600_000
export const sequence = (...parts: readonly Uint8Array[]): Buffer => der(tags.sequence, ...parts)
export const octets = (...parts: readonly Uint8Array[]): Buffer => der(tags.octetString, ...parts)
export const bits = (unused: number, ...bytes: readonly number[]): Buffer =>
  der(tags.bitString, Buffer.from([unused, ...bytes]))
export const integer = (number: number): Buffer => der(tags.integer, Buffer.from([number]))
export const yes = der(tags.boolean, Buffer.from([0xff]))

/** An object identifier, from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt)
  const arcs = [first * 40n + second, ...rest].map((arc) => {
    const bytes = [Number(arc & 0x7fn)]
    for (let left = arc >> 7n; left > 0n; left >>= 7n) bytes.unshift(Number(left & 0x7fn) | 0x80)
    return Buffer.from(bytes)
  })
  return der(tags.oid, ...arcs)
}

const types = { C: '2.5.4.6', O: '2.5.4.10', OU: '2.5.4.11', CN: '2.5.4.3', emailAddress: '1.2.840.113549.1.9.1' }
export type Attribute = keyof typeof types
/** One attribute of a name; UTF8String where nothing else is said. */
export const pair = (type: Attribute, text: string | Buffer, tag: number = tags.utf8): Buffer =>
  sequence(oid(types[type]), der(tag, Buffer.from(text)))
/** A name of one attribute in each part: `O=Harbour` before `CN=Ada`. */
export const nameOf = (...pairs: readonly Buffer[]): Buffer => sequence(...pairs.map((one) => der(tags.set, one)))
export const common = (name: string): Buffer => nameOf(pair('O', 'Harbour'), pair('CN', name))

export const extension = (id: string, value: Buffer, isCritical = false): Buffer =>
  sequence(oid(id), ...(isCritical ? [yes] : []), octets(value))
/** Which may issue, through so many others at most. */
export const authority = (depth?: number): readonly Buffer[] => [
  extension('2.5.29.19', sequence(yes, ...(depth === undefined ? [] : [integer(depth)])), true),
  extension('2.5.29.15', bits(1, 0x06), true),
]
export const purposes = (...ids: readonly string[]): Buffer => extension('2.5.29.37', sequence(...ids.map(oid)))
export const clientAuth = '1.3.6.1.5.5.7.3.2'
export const card: readonly Buffer[] = [
  extension('2.5.29.19', sequence(), true),
  extension('2.5.29.15', bits(7, 0x80), true),
  purposes(clientAuth),
]

export const general = {
  mail: (text: string): Buffer => der(context(1), Buffer.from(text)),
  host: (text: string): Buffer => der(context(2), Buffer.from(text)),
  directory: (name: Buffer): Buffer => der(contextTag(4), name),
  uri: (text: string): Buffer => der(context(6), Buffer.from(text)),
  address: (...bytes: readonly number[]): Buffer => der(context(7), Buffer.from(bytes)),
  other: (type: string, value: Buffer): Buffer => der(contextTag(0), oid(type), der(contextTag(0), value)),
}
export const alternatives = (...names: readonly Buffer[]): Buffer => extension('2.5.29.17', sequence(...names))
export const constraints = (permitted: readonly Buffer[], excluded: readonly Buffer[] = []): Buffer => {
  const trees = (number: number, bases: readonly Buffer[]) =>
    bases.length > 0 ? [der(contextTag(number), ...bases.map((base) => sequence(base)))] : []
  return extension('2.5.29.30', sequence(...trees(0, permitted), ...trees(1, excluded)), true)
}

/** UTCTime, to 2049 (RFC 5280 §4.1.2.5). */
const time = (at: Date) => der(tags.utcTime, Buffer.from(`${at.toISOString().slice(2, 19).replace(/\D/g, '')}Z`))
const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'))
/** One key for whoever needs none of their own: making one costs more than a signature. */
const usual = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** Signed by this issuer, or by itself. */
export function made(template: Template, issuer: Made | null): Made {
  const { subject, extensions = [], pair: own = usual } = template
  const { from = new Date(Date.now() - dayMs), until = new Date(Date.now() + 30 * dayMs) } = template
  const tbs = sequence(
    der(contextTag(0), integer(2)),
    der(tags.integer, Buffer.from([0x4d]), randomBytes(15)),
    ecdsaWithSha256,
    template.issuer ?? issuer?.subject ?? subject,
    sequence(time(from), time(until)),
    subject,
    template.publicKey ?? own.publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length > 0 ? [der(contextTag(3), sequence(...extensions))] : []),
  )
  const signature = sign('sha256', tbs, issuer?.key ?? own.privateKey)
  const whole = sequence(tbs, template.outer ?? ecdsaWithSha256, der(tags.bitString, Buffer.from([0]), signature))
  return { der: whole, subject, key: own.privateKey }
}

export const pemOf = (bytes: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`
