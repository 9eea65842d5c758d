import { der, Malformed, onlyElement, tags } from './x509/der.ts'
import { textIn } from './x509/general-names.ts'
import { type NamePair, nameText, nameTexts } from './x509/name-string.ts'

/** Thrown for a text that is not a distinguished name; `message` names the character and the reason. */
export class BadSubject extends Error {}

/** Names of attribute types in RFC 4514 §3, OpenSSL (`-nameopt RFC2253`) and Java; in lower case: case is ignored. */
const types: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '2.5.4.3': ['cn', 'commonname'],
    '2.5.4.4': ['sn', 'surname'],
    '2.5.4.5': ['serialnumber'],
    '2.5.4.6': ['c', 'countryname', 'country'],
    '2.5.4.7': ['l', 'localityname', 'locality'],
    '2.5.4.8': ['st', 's', 'stateorprovincename'],
    '2.5.4.9': ['street', 'streetaddress'],
    '2.5.4.10': ['o', 'organizationname'],
    '2.5.4.11': ['ou', 'organizationalunitname'],
    '2.5.4.12': ['title', 't'],
    '2.5.4.13': ['description'],
    '2.5.4.15': ['businesscategory'],
    '2.5.4.17': ['postalcode'],
    '2.5.4.20': ['telephonenumber'],
    '2.5.4.41': ['name'],
    '2.5.4.42': ['gn', 'givenname', 'g'],
    '2.5.4.43': ['initials'],
    '2.5.4.44': ['generationqualifier', 'generation'],
    '2.5.4.46': ['dnqualifier', 'dnq'],
    '2.5.4.65': ['pseudonym'],
    '2.5.4.97': ['organizationidentifier'],
    '1.2.840.113549.1.9.1': ['emailaddress', 'email', 'e'],
    '0.9.2342.19200300.100.1.1': ['uid', 'userid'],
    '0.9.2342.19200300.100.1.25': ['dc', 'domaincomponent'],
    '1.3.6.1.4.1.311.60.2.1.1': ['jurisdictionl', 'jurisdictionlocalityname'],
    '1.3.6.1.4.1.311.60.2.1.2': ['jurisdictionst', 'jurisdictionstateorprovincename'],
    '1.3.6.1.4.1.311.60.2.1.3': ['jurisdictionc', 'jurisdictioncountryname'],
  }).flatMap(([type, names]) => names.map((name) => [name, type] as const)),
)

/**
 * An operator's subject (RFC 4514 §2.4 and §3, with the spaces, semicolons and quotes of RFC 2253 §4) in the form of
 * `subjectOf`. Throws {@link BadSubject}.
 */
export function readSubject(subject: string): string {
  const relatives: NamePair[][] = [[]]
  for (let at = 0; ; at++) {
    const { pair, end } = pairAt(subject, at)
    relatives.at(-1)?.push(pair)
    at = end
    if (at === subject.length) return nameText(relatives.map(inOrder))
    // A relative name of several pairs goes on, or the next one begins.
    if (subject[at] !== '+') relatives.push([])
  }
}

/** The pairs of a set in DER's order (X.690 §11.6). */
const inOrder = (pairs: readonly NamePair[]): readonly NamePair[] =>
  pairs.length === 1 ? pairs : pairs.toSorted((one, other) => Buffer.compare(encoded(one), encoded(other)))

const encoded = ({ type, text }: NamePair): Buffer =>
  der(tags.sequence, der(tags.oid, arcsOf(type)), der(tags.utf8, Buffer.from(text)))

function arcsOf(type: string): Buffer {
  const [root = 0, second = 0, ...others] = type.split('.').map(Number)
  const base128 = (arc: number): readonly number[] => [
    ...(arc > 127 ? base128(Math.floor(arc / 128)).map((seven) => seven | 0x80) : []),
    arc % 128,
  ]
  return Buffer.from([root * 40 + second, ...others].flatMap(base128))
}

function refuse(subject: string, at: number, why: string): never {
  const rest = subject.slice(at, at + 12)
  throw new BadSubject(`The subject is not understood at character ${at + 1}${rest && ` ("${rest}")`}: ${why}.`)
}

const typed = /( *)(?:((?:OID\.)?[0-2](?:\.(?:0|[1-9]\d{0,14}))+)|([a-z][a-z0-9-]*))?/iy

/** One type with its value; `end` is the index of the separator after it, or the text's end. */
function pairAt(subject: string, from: number): { readonly pair: NamePair; readonly end: number } {
  const [, spaces = '', number, word = number] = match(typed, subject, from)
  const at = from + spaces.length
  if (word === undefined) refuse(subject, at, 'here stands no attribute type')
  const type = number?.replace(/^OID\./i, '') ?? types.get(word.toLowerCase())
  if (type === undefined)
    refuse(subject, at, `there is no attribute type "${word}"; its number, dotted, can be written`)
  const sign = at + word.length
  if (subject[sign] !== '=')
    refuse(subject, sign, 'here stands no "="; print the subject with openssl x509 -nameopt RFC2253')
  const { text, end } = valueAt(subject, sign + 1)
  return { pair: { type, text }, end }
}

const match = (pattern: RegExp, text: string, at: number): readonly string[] => {
  pattern.lastIndex = at
  return pattern.exec(text) ?? []
}

function valueAt(subject: string, from: number): { readonly text: string; readonly end: number } {
  const at = from + (match(/ */y, subject, from)[0]?.length ?? 0)
  const [hex] = match(/#(?:[0-9a-f]{2})+/iy, subject, at)
  const [quoted] = match(/"(?:[^"\\]|\\.)*"/sy, subject, at)
  const [plain = ''] = match(/(?:[^"+,;<>\\]|\\.)*/sy, subject, at)
  const raw = hex ?? quoted ?? plain
  const end = at + raw.length + (match(/ */y, subject, at + raw.length)[0]?.length ?? 0)
  if (end < subject.length && !/[+,;]/.test(subject[end] ?? '')) refuse(subject, end, 'a separator is missing')
  if (!hex && raw.startsWith('#')) refuse(subject, at, 'behind # stands a value in hexadecimal; a # itself is escaped')
  return {
    text: textAt(subject, at, () =>
      hex ? derText(hex) : quoted ? unescaped(tokensIn(quoted.slice(1, -1))) : unescaped(trimmed(tokensIn(plain))),
    ),
    end,
  }
}

/** Splits escaped text into characters, escaped characters, and bytes of UTF-8 as pairs of hexadecimal digits. */
const tokensIn = (escaped: string): readonly string[] => escaped.match(/\\[0-9a-f]{2}|\\.|[^\\]/gisu) ?? []

/** The tokens without unescaped spaces at the end. */
const trimmed = (tokens: readonly string[]) => tokens.slice(0, tokens.findLastIndex((token) => token !== ' ') + 1)

function textAt(subject: string, at: number, read: () => string): string {
  try {
    return read()
  } catch (error) {
    if (error instanceof Malformed) refuse(subject, at, 'no card is known by such a value')
    throw error
  }
}

function derText(hex: string): string {
  const bytes = Buffer.from(hex.slice(1), 'hex')
  const { tag, body } = onlyElement(bytes, bytes[0] ?? 0)
  if (!nameTexts.has(tag)) throw new Malformed('no text')
  return textIn(body)
}

function unescaped(tokens: readonly string[]): string {
  const bytes = tokens.map((token) => {
    const [, hex, letter] = /^\\(?:([0-9a-f]{2})|(.))$/isu.exec(token) ?? []
    if (letter && !' "#+,;<=>\\'.includes(letter)) throw new Malformed('an escape of nothing')
    return hex ? Buffer.from(hex, 'hex') : Buffer.from(letter ?? token)
  })
  return textIn(Buffer.concat(bytes))
}
