import type { Certificate } from './certificate.ts'
import { childrenOf, Malformed, oidIn, onlyElement, tags } from './der.ts'
import { textIn } from './general-names.ts'

/** The names of attribute types in handles; other types are written as numbers. */
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
/** The string types of names: UTF8String, PrintableString, IA5String. Certificates of this century have no others. */
export const nameTexts: ReadonlySet<number> = new Set([tags.utf8, 0x13, 0x16])

/** An attribute of a distinguished name: type and value. */
export interface NamePair {
  /** An object identifier, dotted. */
  readonly type: string
  readonly text: string
}

/** A name as handles have it: relative names from the most specific on, with one spelling of types and escapes. */
export const nameText = (relatives: readonly (readonly NamePair[])[]): string =>
  relatives.map((pairs) => pairs.map(pairText).join('+')).join(',')

const pairText = ({ type, text }: NamePair) =>
  `${attributes[type] ?? type}=${text.replace(/["+,;<>\\]|^[ #]| $/g, '\\$&')}`

/** The subject in the form of RFC 4514: different names have different texts. Throws `Malformed`. */
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
