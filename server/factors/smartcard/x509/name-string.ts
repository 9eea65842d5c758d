import type { Certificate } from './certificate.ts'
import { childrenOf, Malformed, oidIn, onlyElement, tags } from './der.ts'
import { textIn } from './general-names.ts'

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
