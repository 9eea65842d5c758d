import { createPrivateKey, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { context, contextTag, der, tags } from '#server/factors/smartcard/x509/der.ts'
import { certificateIn } from './card-server.ts'

/** What an authority signs with: files, as `Issued` has them. */
export interface Signer {
  readonly certificate: string
  readonly key: string
}

/** A revocation list of a test's own: also one that OpenSSL would not make. */
export interface WantedList {
  /** Serial numbers in hexadecimal, with the reason's code (RFC 5280 §5.3.1) and their issuer's name (§5.3.3) where there is one. */
  readonly revoked?: readonly (readonly [serial: string, reason?: number | undefined, issuer?: Buffer | undefined])[]
  readonly number?: number
  /** Makes it a delta list. */
  readonly base?: number
  /** The fields of an issuing distribution point. */
  readonly scope?: readonly Buffer[]
  /** Seconds from now. */
  readonly from?: number
  readonly until?: number
  /** Another name than the signer's: DER. */
  readonly issuer?: Buffer
  /** The version's number; null for none. */
  readonly version?: number | null
  /** The algorithm that stands inside, where it is another one than outside. */
  readonly inner?: Buffer
  /** Further extensions of the list. */
  readonly extensions?: readonly Buffer[]
}

const oid = (hex: string) => der(tags.oid, Buffer.from(hex, 'hex'))
export const ecdsa = (bits: 256 | 384) =>
  der(tags.sequence, oid(bits === 256 ? '2a8648ce3d040302' : '2a8648ce3d040303'))
export const integer = (value: number) => {
  const hex = value.toString(16)
  return der(
    tags.integer,
    Buffer.from(/^([89a-f].|.)(..)*$/.test(hex) ? `${hex.length % 2 ? '0' : '00'}${hex}` : hex, 'hex'),
  )
}
const time = (seconds: number) => {
  const text = new Date(Date.now() + seconds * 1000).toISOString().slice(2, 19).replace(/[-:T]/g, '')
  return der(tags.utcTime, Buffer.from(`${text}Z`))
}
const yes = der(tags.boolean, Buffer.from([0xff]))
export const extension = (id: string, value: Buffer, isCritical = false) =>
  der(tags.sequence, oid(id), ...(isCritical ? [yes] : []), der(tags.octetString, value))

/** Fields of an issuing distribution point (RFC 5280 §5.2.5). */
export const scope = {
  at: (...names: readonly Buffer[]) => der(contextTag(0), der(contextTag(0), ...names)),
  /** Behind the issuer's own name: the pairs of one relative name. */
  behind: (...pairs: readonly Buffer[]) => der(contextTag(0), der(contextTag(1), ...pairs)),
  users: der(context(1), Buffer.from([0xff])),
  authorities: der(context(2), Buffer.from([0xff])),
  attributes: der(context(5), Buffer.from([0xff])),
  indirect: der(context(4), Buffer.from([0xff])),
  /** Codes of ReasonFlags: 1 keyCompromise to 8 aACompromise. */
  reasons: (...codes: readonly number[]) => {
    const bits = codes.reduce((all, code) => all | (0x8000 >> code), 0)
    return der(context(3), Buffer.from([7, bits >> 8, bits & 0x80]))
  },
}
export const uri = (address: string) => der(context(6), Buffer.from(address))
export const directory = (name: Buffer) => der(contextTag(4), name)

function entryOf([serial, reason, issuer]: NonNullable<WantedList['revoked']>[number]): Buffer {
  const extensions = [
    ...(reason === undefined ? [] : [extension('551d15', der(tags.enumerated, Buffer.from([reason])))]),
    ...(issuer ? [extension('551d1d', der(tags.sequence, issuer), true)] : []),
  ]
  const number = der(tags.integer, Buffer.from(serial, 'hex'))
  return der(tags.sequence, number, time(-3600), ...(extensions.length > 0 ? [der(tags.sequence, ...extensions)] : []))
}

/** Signed with an ECDSA key, by SHA-256; in DER. */
export function makeList(signer: Signer, wanted: WantedList = {}): Buffer {
  const {
    revoked = [],
    number,
    base,
    scope: fields,
    from = -60,
    until = 3600,
    version = 1,
    inner = ecdsa(256),
  } = wanted
  const { issuer = certificateIn(signer.certificate).subject, extensions = [] } = wanted
  const all = [
    ...(number === undefined ? [] : [extension('551d14', integer(number))]),
    ...(base === undefined ? [] : [extension('551d1b', integer(base), true)]),
    ...(fields ? [extension('551d1c', der(tags.sequence, ...fields), true)] : []),
    ...extensions,
  ]
  const signed = der(
    tags.sequence,
    ...(version === null ? [] : [integer(version)]),
    inner,
    issuer,
    time(from),
    time(until),
    ...(revoked.length > 0 ? [der(tags.sequence, ...revoked.map(entryOf))] : []),
    ...(all.length > 0 ? [der(contextTag(0), der(tags.sequence, ...all))] : []),
  )
  const signature = sign('sha256', signed, createPrivateKey(readFileSync(signer.key)))
  return der(tags.sequence, signed, ecdsa(256), der(tags.bitString, Buffer.from([0]), signature))
}

export const pemOf = (list: Buffer): string =>
  `-----BEGIN X509 CRL-----\n${list.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END X509 CRL-----\n`
