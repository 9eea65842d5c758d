const longest = 128
/** Letters, marks and digits of any script, and the ASCII signs that names and e-mail addresses use. */
const allowed = /^[\p{L}\p{M}\p{Nd}.@_+'-]+$/u

/**
 * The one form under which a username or e-mail address is stored and found; null when it cannot be one.
 * After PRECIS UsernameCaseMapped (RFC 8265 §3.3): width-mapped, lower case, NFC; characters that only look like
 * others (compatibility forms) are refused, so that the form of the form is the form.
 */
export function canonical(name: string): string | null {
  const mapped = lower(halfWidth(name.trim().normalize('NFC')))
  if (mapped.length === 0 || mapped.length > longest || !allowed.test(mapped)) return null
  return mapped.normalize('NFKC') === mapped && lower(mapped) === mapped ? mapped : null
}

const lower = (text: string) => text.toLowerCase().normalize('NFC')

/** Full-width ASCII (U+FF01–FF5E) to ASCII (RFC 8264 §5.2.1). */
const halfWidth = (text: string) =>
  text.replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCodePoint((wide.codePointAt(0) ?? 0) - 0xfee0))
