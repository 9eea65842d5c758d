import { extensionsIn } from './certificate.ts'
import {
  bytesIn,
  childrenOf,
  contextTag,
  type Der,
  elements,
  expectTag,
  hexIn,
  isTime,
  Malformed,
  onlyElement,
  tags,
  timeIn,
} from './der.ts'
import { isSameName } from './distinguished-name.ts'
import { addressesOf, pointsIn, type Scope, scopeIn } from './distribution-point.ts'
import { generalNameTags } from './general-names.ts'

/** A certificate revocation list (RFC 5280 §5). */
export interface Crl {
  /** The signed part, in DER. */
  readonly tbsCertList: Buffer
  readonly signatureAlgorithm: Der
  readonly signature: Buffer
  readonly issuer: Buffer
  /** Epoch milliseconds; a list counts from thisUpdate to nextUpdate. */
  readonly thisUpdate: number
  readonly nextUpdate: number
  /** Serial numbers in hexadecimal. */
  readonly revoked: ReadonlySet<string>
  /** The serial numbers that a delta list takes back (reason removeFromCRL, §5.3.1). */
  readonly removed: ReadonlySet<string>
  readonly scope: Scope
  /** The list's number (§5.2.3); null where it has none. */
  readonly crlNumber: bigint | null
  /** The number of the oldest list that a delta list adds to (§5.2.4); null for a complete list. */
  readonly baseCrlNumber: bigint | null
  /** The addresses of the list's delta lists (§5.2.6). */
  readonly freshestCrl: readonly string[]
}

const ids = { number: '2.5.29.20', base: '2.5.29.27', scope: '2.5.29.28', freshest: '2.5.29.46' } as const
const known: ReadonlySet<string> = new Set([ids.number, ids.base, ids.scope])
const entryIds = { reason: '2.5.29.21', issuer: '2.5.29.29' } as const
const ofDirect: ReadonlySet<string> = new Set([entryIds.reason])
const ofIndirect: ReadonlySet<string> = new Set([entryIds.reason, entryIds.issuer])
const removeFromList = 8
const version2 = '01'
const pem = /-----BEGIN X509 CRL-----([\s\S]+?)-----END X509 CRL-----/g

/** The lists of a file: one in DER, or any number in PEM. Throws `Malformed`, with the fault, if a list is unusable. */
export function readCrls(file: Buffer): readonly [Crl, ...Crl[]] {
  if (file[0] === tags.sequence) return [readCrl(file)]
  const [first, ...others] = [...file.toString('latin1').matchAll(pem)].map(([, text = '']) =>
    Buffer.from(text, 'base64'),
  )
  if (!first) throw new Malformed('no revocation list in PEM or DER')
  return [readCrl(first), ...others.map(readCrl)]
}

/** Throws for a list with an unknown critical extension, which must not be used (RFC 5280 §5.2). */
function readCrl(bytes: Buffer): Crl {
  const [tbs, outer, signature, ...more] = childrenOf(onlyElement(bytes, tags.sequence))
  if (more.length > 0) throw new Malformed('a list with something behind its signature')
  const fields = childrenOf(tbs)
  const isVersion2 = fields[0]?.tag === tags.integer
  if (isVersion2 && hexIn(fields[0]) !== version2) throw new Malformed('a list of an unknown version')
  const [inner, issuer, from, until, ...rest] = fields.slice(isVersion2 ? 1 : 0)
  if (!expectTag(inner, tags.sequence).raw.equals(expectTag(outer, tags.sequence).raw))
    throw new Malformed('a list with two signature algorithms')
  // A list without an end would count for ever.
  if (!until || !isTime(until)) throw new Malformed('a list without an end')
  const entries = rest[0]?.tag === tags.sequence ? rest.shift() : undefined
  const extended = rest[0]?.tag === contextTag(0) ? rest.shift() : undefined
  if (rest.length > 0) throw new Malformed('a list with unknown fields')
  const { values, hasUnknownCritical } = extensionsIn(extended && onlyElement(extended.body, tags.sequence), known)
  if (hasUnknownCritical) throw new Malformed('a list with an unknown critical extension')
  const numberIn = (id: string) => integerIn(values.get(id))
  const scope = scopeIn(values.get(ids.scope), expectTag(issuer, tags.sequence).raw)
  const base = numberIn(ids.base)
  const { revoked, removed, isExtended } = entriesIn(
    entries,
    scope,
    expectTag(issuer, tags.sequence).raw,
    base !== null,
  )
  if (!isVersion2 && (extended || isExtended)) throw new Malformed('a list of version 1 with extensions')
  return {
    tbsCertList: expectTag(tbs, tags.sequence).raw,
    signatureAlgorithm: expectTag(outer, tags.sequence),
    signature: bytesIn(signature),
    issuer: expectTag(issuer, tags.sequence).raw,
    thisUpdate: timeIn(from),
    nextUpdate: timeIn(until),
    revoked,
    removed,
    scope,
    crlNumber: numberIn(ids.number),
    baseCrlNumber: base,
    freshestCrl: addressesOf(pointsIn(values.get(ids.freshest), expectTag(issuer, tags.sequence).raw)),
  }
}

/** A list's number, which is not negative (RFC 5280 §5.2.3); null without the extension. */
function integerIn(bytes: Buffer | undefined): bigint | null {
  if (!bytes) return null
  const hex = hexIn(onlyElement(bytes, tags.integer))
  if (!/^[0-7]/.test(hex)) throw new Malformed('a list number that cannot be')
  return BigInt(`0x${hex}`)
}

/**
 * The serial numbers of a list. Of an indirect list only those of the issuer's own certificates: the numbers of other
 * issuers name other certificates (RFC 5280 §5.3.3).
 */
function entriesIn(list: Der | undefined, scope: Scope, issuer: Buffer, isDelta: boolean) {
  const [revoked, removed] = [new Set<string>(), new Set<string>()]
  let [isExtended, isOwn] = [false, true]
  // Entry extensions are read once for equal bytes: a list may have a million entries, with a few reasons.
  const known = new Map<string, EntryExtensions>()
  for (const entry of list ? elements(list.body) : []) {
    const [serial, , extended] = elements(expectTag(entry, tags.sequence).body)
    const said = extended ? onceIn(known, extended, scope) : none
    isExtended ||= extended !== undefined
    // An entry without an issuer has the issuer of the entry before (RFC 5280 §5.3.3).
    if (said.issuer) isOwn = isSameName(said.issuer, issuer)
    if (isOwn) (isDelta && said.reason === removeFromList ? removed : revoked).add(hexIn(serial))
  }
  return { revoked, removed, isExtended }
}

interface EntryExtensions {
  readonly reason: number | null
  /** The certificate's issuer, where the entry names it: a DER name. */
  readonly issuer: Buffer | null
}
const none: EntryExtensions = { reason: null, issuer: null }
const mostKnown = 64

function onceIn(known: Map<string, EntryExtensions>, extended: Der, scope: Scope): EntryExtensions {
  const key = extended.raw.toString('latin1')
  const before = known.get(key)
  if (before) return before
  const read = entryExtensionsIn(extended, scope)
  if (known.size < mostKnown) known.set(key, read)
  return read
}

function entryExtensionsIn(extended: Der, { indirect }: Scope): EntryExtensions {
  const { values, hasUnknownCritical } = extensionsIn(extended, indirect ? ofIndirect : ofDirect)
  const [reason, issuer] = [values.get(entryIds.reason), values.get(entryIds.issuer)]
  if (hasUnknownCritical || (issuer && !indirect)) throw new Malformed('an entry with an unknown critical extension')
  const name =
    issuer && childrenOf(onlyElement(issuer, tags.sequence)).find(({ tag }) => tag === generalNameTags.directory)
  if (issuer && !name) throw new Malformed('an entry of an issuer without a name')
  return { reason: reason ? (onlyElement(reason, tags.enumerated).body[0] ?? null) : null, issuer: name?.body ?? null }
}
