import { type Certificate, extensions, fewIn } from './certificate.ts'
import {
  childrenOf,
  context,
  contextTag,
  type Der,
  elements,
  expectTag,
  Malformed,
  oidIn,
  onlyElement,
  tags,
} from './der.ts'

/** The kinds of general name (RFC 5280 §4.2.1.6). */
export const nameKinds = {
  other: contextTag(0),
  email: context(1),
  host: context(2),
  directory: contextTag(4),
  uri: context(6),
  ip: context(7),
} as const

/** A user principal name of Microsoft's, which is a UTF8String in an otherName. */
const upn = '1.3.6.1.4.1.311.20.2.3'

/** The subject alternative names, as elements of the DER. An empty extension would take the subject's mail address out of all constraints. */
export function namesOf({ extensions: all }: Certificate): readonly Der[] {
  const bytes = all.get(extensions.names)
  if (!bytes) return []
  const names = fewIn(elements(onlyElement(bytes, tags.sequence).body))
  if (names.length === 0) throw new Malformed('alternative names without any')
  return names
}

/** Every user principal name in it. One that is not written as it must be makes the certificate unreadable. */
export const upnsOf = (certificate: Certificate): readonly string[] =>
  namesOf(certificate)
    .filter(({ tag }) => tag === nameKinds.other)
    .flatMap(({ body }) => {
      const [type, value] = elements(body)
      return oidIn(type) === upn ? [textIn(onlyElement(expectTag(value, contextTag(0)).body, tags.utf8).body)] : []
    })

/** Every e-mail address in it: an IA5String, which is ASCII. */
export const emailsOf = (certificate: Certificate): readonly string[] =>
  namesOf(certificate)
    .filter(({ tag }) => tag === nameKinds.email)
    .map(({ body }) => asciiIn(body))

export function asciiIn(bytes: Buffer): string {
  if (bytes.some((byte) => byte < 0x20 || byte > 0x7e)) throw new Malformed('a text that is not ASCII')
  return bytes.toString('latin1')
}

/** UTF-8 without control characters: a NUL ends a name for others, and not for us. */
export function textIn(bytes: Buffer): string {
  const text = utf8In(bytes)
  if (/\p{Cc}/u.test(text)) throw new Malformed('a text with control characters')
  return text
}
function utf8In(bytes: Buffer): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new Malformed('a text that is not UTF-8')
  }
}
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What the types of a subject's attributes are called in handles; others stand there by number. */
const attributes: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
}
/** UTF8String, PrintableString, IA5String; nobody's names are in any other in certificates of this century. */
export const nameTexts: ReadonlySet<number> = new Set([tags.utf8, 0x13, 0x16])

/** A type and its value in a distinguished name. */
export interface NamePair {
  /** An object identifier, dotted. */
  readonly type: string
  readonly text: string
}

/** A name in the one form that handles have: relative names from the most special one on, types and escapes written one way. */
export const nameText = (relatives: readonly (readonly NamePair[])[]): string =>
  relatives.map((pairs) => pairs.map(pairText).join('+')).join(',')

const pairText = ({ type, text }: NamePair) =>
  `${attributes[type] ?? type}=${text.replace(/["+,;<>\\]|^[ #]| $/g, '\\$&')}`

/** The subject as RFC 4514 writes it: two names are written the same only when they are the same. Throws `Malformed`. */
export const subjectTextOf = ({ subject }: Certificate): string =>
  nameText(
    childrenOf(onlyElement(subject, tags.sequence))
      .toReversed()
      .map((set) => childrenOf(set, tags.set).map(({ body }) => pairIn(body))),
  )

function pairIn(bytes: Buffer): NamePair {
  const [type, value] = childrenOf({ tag: tags.sequence, body: bytes, raw: bytes })
  if (!value || !nameTexts.has(value.tag)) throw new Malformed('a part of a name that is no text')
  return { type: oidIn(type), text: textIn(value.body) }
}

/** A common name, for people to read. */
export function commonNameIn(whole: Buffer): string | null {
  const pairs = childrenOf(onlyElement(whole, tags.sequence)).flatMap((set) =>
    childrenOf(set, tags.set).map((pair) => childrenOf(pair)),
  )
  const [, name] = pairs.find(([type]) => attributes[oidIn(type)] === 'CN') ?? []
  return name && nameTexts.has(name.tag) ? textIn(name.body).slice(0, 64) : null
}
