const longestName = 128
/** The longest e-mail address, in octets: RFC 5321 §4.5.3.1.3 without the angle brackets. */
export const longestAddress = 254
/** Letters, marks and digits of any script, and the ASCII signs that names use. */
const nameSigns = /^[\p{L}\p{M}\p{Nd}.@_+'-]+$/u
/**
 * An e-mail address: atoms, dots and a domain of one label or more (RFC 5321 §4.1.2), with letters of any script (RFC
 * 6531 §3.3). No quoted string, and no network address for a domain.
 */
export const mailbox =
  /^[\p{L}\p{M}\p{Nd}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{Nd}!#$%&'*+/=?^_`{|}~-]+)*@(?!-)[\p{L}\p{M}\p{Nd}-]+(?<!-)(\.(?!-)[\p{L}\p{M}\p{Nd}-]+(?<!-))*$/u

/**
 * The one form under which a username or e-mail address is stored and found; null when it cannot be one.
 * After PRECIS UsernameCaseMapped (RFC 8265 §3.3): width-mapped, lower case, NFC; characters that only look like
 * others (compatibility forms) are refused, so that a canonical form is its own canonical form.
 */
export function canonical(name: string): string | null {
  const mapped = lower(halfWidth(name.trim().normalize('NFC')))
  if (!isName(mapped) && !isAddress(mapped)) return null
  return mapped.normalize('NFKC') === mapped && lower(mapped) === mapped ? mapped : null
}

const isName = (text: string) => text.length <= longestName && nameSigns.test(text)
const isAddress = (text: string) => text.length <= longestAddress && mailbox.test(text)

const lower = (text: string) => text.toLowerCase().normalize('NFC')

/** Full-width ASCII (U+FF01–FF5E) to ASCII (RFC 8264 §5.2.1). */
const halfWidth = (text: string) =>
  text.replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCodePoint((wide.codePointAt(0) ?? 0) - 0xfee0))
