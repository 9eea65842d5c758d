import { childrenOf, type Der, expectTag, Malformed, onlyElement, tags } from './der.ts'

/**
 * A distinguished name (RFC 5280 §4.1.2.4) in the form in which names are compared (§7.1): one text for each relative
 * name, from the root on. Equal names have equal forms, whatever their string types, case and insignificant spaces.
 */
export type ComparableName = readonly string[]

/** Reads a DER name. Throws `Malformed` for bytes that are no name, and for text that its string type cannot hold. */
export const comparableName = (name: Buffer): ComparableName =>
  childrenOf(onlyElement(name, tags.sequence)).map((relative) => {
    const pairs = childrenOf(relative, tags.set)
    if (pairs.length === 0) throw new Malformed('an empty part of a name')
    // A set has no order (X.501 §9.3).
    return JSON.stringify(pairs.map(comparablePair).sort())
  })

/** Whether two DER names are the same name (RFC 5280 §7.1). */
export function isSameName(one: Buffer, other: Buffer): boolean {
  if (one.equals(other)) return true
  const [form, otherForm] = [formOf(one), formOf(other)]
  return form !== null && otherForm !== null && isEqual(form, otherForm)
}

/** Whether a name is this one or stands below it in the directory's tree (RFC 5280 §7.1). */
export const isNameWithin = (name: ComparableName, base: ComparableName): boolean =>
  base.length <= name.length && base.every((relative, at) => relative === name[at])

export const isEmptyName = (name: Buffer): boolean => onlyElement(name, tags.sequence).body.length === 0

/** Comparable forms, read once: a name is compared with all names of its chain, and may have thousands of parts. */
const forms = new WeakMap<Buffer, { readonly form: ComparableName | null }>()
/** The comparable form of a DER name; null for bytes that are no name, which equal nothing else. */
function formOf(name: Buffer): ComparableName | null {
  const { form } = forms.get(name) ?? { form: readForm(name) }
  forms.set(name, { form })
  return form
}
function readForm(name: Buffer): ComparableName | null {
  try {
    return comparableName(name)
  } catch (error) {
    if (error instanceof Malformed) return null
    throw error
  }
}
const isEqual = (one: ComparableName, other: ComparableName) => one.length === other.length && isNameWithin(one, other)

function comparablePair(pair: Der): string {
  const [type, value, ...more] = childrenOf(pair)
  if (!value || more.length > 0) throw new Malformed('a part of a name that is no type with its value')
  const text = directoryText(value)
  const id = expectTag(type, tags.oid).body.toString('hex')
  // A value that is no text is compared byte by byte (X.501 §9.4).
  return text === null ? `${id}#${value.raw.toString('hex')}` : `${id}=${prepared(text)}`
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const utf16 = new TextDecoder('utf-16be', { fatal: true, ignoreBOM: true })
const decoders: Readonly<Record<number, (bytes: Buffer) => string>> = {
  [tags.utf8]: (bytes) => utf8.decode(bytes),
  [tags.numeric]: asciiText,
  [tags.printable]: asciiText,
  [tags.ia5]: asciiText,
  [tags.visible]: asciiText,
  // Latin-1 in practice, whatever T.61 says: OpenSSL and Java read it so.
  [tags.teletex]: (bytes) => bytes.toString('latin1'),
  [tags.bmp]: (bytes) => utf16.decode(bytes),
  [tags.universal]: utf32,
}

/** The text of a value of a directory string type; null for a value of another type. */
export function directoryText({ tag, body }: Pick<Der, 'tag' | 'body'>): string | null {
  const decode = decoders[tag]
  if (!decode) return null
  try {
    return decode(body)
  } catch {
    throw new Malformed('a text that its string type cannot hold')
  }
}

function asciiText(bytes: Buffer): string {
  if (bytes.some((byte) => byte > 0x7f)) throw new Malformed('a text that is not ASCII')
  return bytes.toString('latin1')
}

function utf32(bytes: Buffer): string {
  const points = Array.from({ length: Math.ceil(bytes.length / 4) }, (_, at) => bytes.readUInt32BE(at * 4))
  return String.fromCodePoint(...points)
}

/** String preparation for matching without case (RFC 4518 §2.2, §2.3 and §2.6.1). */
const prepared = (text: string): string =>
  folded(text.replace(spaces, ' ').replace(ignored, '').normalize('NFKC')).normalize('NFKC').replace(/ +/g, ' ').trim()

const spaces = /[\t-\r\x85\p{Z}]/gu
const ignored = /\p{Cc}|\p{Cf}|\p{VS}|\u034f|\u1806|\ufffc/gu

/** A text without case, letter by letter: a final Greek sigma is not special; the dotless i is a letter of its own. */
const folded = (text: string): string =>
  Array.from(text, (letter) => (letter === 'ı' ? letter : letter.toUpperCase().toLowerCase())).join('')
