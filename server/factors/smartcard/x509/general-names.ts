import { type Certificate, extensions, fewIn } from './certificate.ts'
import { context, contextTag, type Der, elements, expectTag, Malformed, oidIn, onlyElement, tags } from './der.ts'

/** The kinds of general name (RFC 5280 §4.2.1.6). */
export const generalNameTags = {
  other: contextTag(0),
  email: context(1),
  host: context(2),
  directory: contextTag(4),
  uri: context(6),
  ip: context(7),
} as const

/** Microsoft's user principal name (UPN), a UTF8String in an otherName. */
const upn = '1.3.6.1.4.1.311.20.2.3'

/**
 * The subject alternative names, as elements of the DER. Throws for an empty extension, which would take the subject's
 * mail address out of all constraints.
 */
export function subjectAltNamesOf({ extensions: all }: Certificate): readonly Der[] {
  const bytes = all.get(extensions.subjectAltName)
  if (!bytes) return []
  const names = fewIn(elements(onlyElement(bytes, tags.sequence).body))
  if (names.length === 0) throw new Malformed('alternative names without any')
  return names
}

/** Every user principal name of a certificate. Throws `Malformed` for one in the wrong form. */
export const upnsOf = (certificate: Certificate): readonly string[] =>
  subjectAltNamesOf(certificate)
    .filter(({ tag }) => tag === generalNameTags.other)
    .flatMap(({ body }) => {
      const [type, value] = elements(body)
      return oidIn(type) === upn ? [textIn(onlyElement(expectTag(value, contextTag(0)).body, tags.utf8).body)] : []
    })

/** Every e-mail address of a certificate: an IA5String, which is ASCII. */
export const emailsOf = (certificate: Certificate): readonly string[] =>
  subjectAltNamesOf(certificate)
    .filter(({ tag }) => tag === generalNameTags.email)
    .map(({ body }) => asciiIn(body))

/** The text of printable ASCII bytes. Throws `Malformed` for others. */
export function asciiIn(bytes: Buffer): string {
  if (bytes.some((byte) => byte < 0x20 || byte > 0x7e)) throw new Malformed('a text that is not ASCII')
  return bytes.toString('latin1')
}

/** The text of UTF-8 bytes. Throws for control characters: other readers end a name at a NUL. */
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
