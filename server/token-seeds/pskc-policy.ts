import type { Element } from '@xmldom/xmldom'
import { type UnreadableSecret, unreadable } from '../factors/oath/otpauth.ts'
import { attribute, children, descendants, firstOf } from './xml.ts'

const pin = 'urn:ietf:params:xml:ns:keyprov:pskc:pin'
/** Whether a key is a PIN that another key of the device needs (RFC 6030 §10). */
export const isPin = (key: Element): boolean => attribute(key, 'Algorithm') === pin

/** Whether a key may be used here, and until when. An unknown element of its policy forbids its use (RFC 6030 §5). */
export function readPolicy(
  key: Element,
  device: Element | null,
  now: Date,
): { readonly ok: true; readonly until: number | null } | UnreadableSecret {
  if (isPin(key)) return unreadable('It is a PIN, and no token’s key.')
  const format = firstOf(key, 'AlgorithmParameters', 'ResponseFormat')
  if (format && /^(true|1)$/.test(attribute(format, 'CheckDigits')))
    return unreadable('Its codes have a check digit, which is not known here.')
  const policy = descendants(key, 'Policy').flatMap(children)
  const parts = [...policy, ...(device ? children(device) : [])]
  const textsOf = (name: string) =>
    parts.flatMap(({ localName, textContent }) => (localName === name ? [textContent?.trim() ?? ''] : []))
  const fault = policy.map(({ localName }) => unknown(localName ?? '')).find((one) => one !== null)
  if (fault) return unreadable(fault)
  const usages = textsOf('KeyUsage')
  if (usages.length > 0 && !usages.includes('OTP'))
    return unreadable('It is not permitted for one-time passwords (KeyUsage).')
  if (!textsOf('StartDate').every((date) => Date.parse(date) <= now.getTime()))
    return unreadable('It may not be used yet (StartDate).')
  const ends = textsOf('ExpiryDate').map((date) => Date.parse(date))
  if (!ends.every((end) => end > now.getTime())) return unreadable('It has expired (ExpiryDate).')
  return { ok: true, until: ends.length > 0 ? Math.min(...ends) : null }
}

function unknown(name: string): string | null {
  if (name === 'PINPolicy') return 'It needs a PIN (PINPolicy), and none is asked for here.'
  const isKnown = ['KeyUsage', 'StartDate', 'ExpiryDate'].includes(name)
  return isKnown ? null : `Its policy has a ${name}, which is not known here.`
}
