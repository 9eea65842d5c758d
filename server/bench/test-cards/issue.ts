import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { childrenOf, context, contextTag, der, onlyElement, tags } from '../../factors/smartcard/x509/der.ts'

/** A key and its certificate, as a test authority issues them: ECDSA on P-256 with SHA-256, and nothing else. */
export interface Identity {
  /** DER. */
  readonly certificate: Buffer
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export interface CertificateRequest {
  readonly name: string
  readonly from: Date
  readonly until: Date
  readonly extensions: readonly Buffer[]
}

const sequence = (...parts: readonly Buffer[]) => der(tags.sequence, ...parts)
const integer = (...bytes: readonly number[]) => der(tags.integer, Buffer.from(bytes))
const yes = der(tags.boolean, Buffer.from([0xff]))
/** A random serial number: never negative, and never with a zero in front. */
const newSerial = () => der(tags.integer, Buffer.from([0x4d]), randomBytes(15))
export const oid = (hex: string): Buffer => der(tags.oid, Buffer.from(hex, 'hex'))
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))

/** A UTCTime: GeneralizedTime is for 2050 and later (RFC 5280 §4.1.2.5). */
const time = (at: Date) => der(tags.utcTime, Buffer.from(`${at.toISOString().slice(2, 19).replace(/\D/g, '')}Z`))
const nameOf = (name: string) => sequence(der(tags.set, sequence(oid('550403'), der(tags.utf8, Buffer.from(name)))))
const extension = (id: string, value: Buffer, ...critical: readonly Buffer[]) =>
  sequence(oid(id), ...critical, der(tags.octetString, value))
const bits = (unused: number, bytes: Buffer) => der(tags.bitString, Buffer.from([unused]), bytes)

const usage = (unused: number, byte: number) => extension('551d0f', bits(unused, Buffer.from([byte])), yes)
export const ofAuthority: readonly Buffer[] = [extension('551d13', sequence(yes), yes), usage(1, 0x06)]
/** Extensions of an end-entity certificate for a purpose: of clients or of servers. */
export const ofHolder = (purpose: keyof typeof purposes): readonly Buffer[] => [
  extension('551d13', sequence(), yes),
  usage(7, 0x80),
  extension('551d25', sequence(oid(purposes[purpose]))),
]
const purposes = { clients: '2b06010505070302', servers: '2b06010505070301' } as const
export const ofHosts = (...hosts: readonly string[]): Buffer =>
  extension('551d11', sequence(...hosts.map((host) => der(context(2), Buffer.from(host)))))

const signed = (tbs: Buffer, key: KeyObject) => sequence(tbs, ecdsaWithSha256, bits(0, sign('sha256', tbs, key)))
const subjectOf = (certificate: Buffer) =>
  childrenOf(childrenOf(onlyElement(certificate, tags.sequence))[0])[5]?.raw ?? nameOf('')
const serialOf = (certificate: Buffer) =>
  childrenOf(childrenOf(onlyElement(certificate, tags.sequence))[0])[1]?.raw ?? integer(0)

/** Issues a new key and its certificate, by this issuer, or self-signed (null). */
export function issueCertificate(
  { name, from, until, extensions }: CertificateRequest,
  issuer: Identity | null,
): Identity {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const by = issuer ?? { ...pair, certificate: null }
  const tbs = sequence(
    der(contextTag(0), integer(2)),
    newSerial(),
    ecdsaWithSha256,
    by.certificate ? subjectOf(by.certificate) : nameOf(name),
    sequence(time(from), time(until)),
    nameOf(name),
    pair.publicKey.export({ type: 'spki', format: 'der' }),
    der(contextTag(3), sequence(...extensions)),
  )
  return { ...pair, certificate: signed(tbs, by.privateKey) }
}

/** A certificate revocation list of this issuer (RFC 5280 §5.1), in DER. */
export function revocationList(issuer: Identity, revoked: readonly Identity[], from: Date, until: Date): Buffer {
  const entries = revoked.map(({ certificate }) => sequence(serialOf(certificate), time(from)))
  const all = entries.length > 0 ? [sequence(...entries)] : []
  const dates = [time(from), time(until)]
  const tbs = sequence(integer(1), ecdsaWithSha256, subjectOf(issuer.certificate), ...dates, ...all)
  return signed(tbs, issuer.privateKey)
}

export const pemOf = (certificate: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`
