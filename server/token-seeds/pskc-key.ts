import type { Element } from '@xmldom/xmldom'
import { algorithmNamed, readBytes, type UnreadableSecret, unreadable } from '../factors/oath/otpauth.ts'
import { deviceOf, type TokenCredential } from '../factors/token/device.ts'
import { readPolicy } from './pskc-policy.ts'
import type { PskcValues } from './pskc-values.ts'
import { attribute, elementText, firstOf } from './xml.ts'

/** Profile names of RFC 6030 §10; the RFC's drafts, and files that follow those, have other names. */
const namespace = 'urn:ietf:params:xml:ns:keyprov:pskc'
const profiles = { [`${namespace}:hotp`]: 'event', [`${namespace}:totp`]: 'time' } as const
const mostCounter = 999_999_999
const mostDriftSteps = 999_999

interface Around {
  readonly device: Element | null
  readonly values: PskcValues
  readonly now: Date
}
type Read = { readonly ok: true; readonly device: TokenCredential } | UnreadableSecret

/** Reads one <Key> of a container. Throws UnreadableValue for a value that cannot be decrypted. */
export function readKey(key: Element, { device, values, now }: Around): Read {
  const data = firstOf(key, 'Data')
  if (!data) return unreadable('It has no key data.')
  const policy = readPolicy(key, device, now)
  if (!policy.ok) return policy
  const format = firstOf(key, 'AlgorithmParameters', 'ResponseFormat')
  const digits = format ? attribute(format, 'Length') : '6'
  if (format && attribute(format, 'Encoding') !== 'DECIMAL') return unreadable('Codes are DECIMAL.')
  if (digits !== '6' && digits !== '8') return unreadable('Codes have 6 or 8 digits.')
  if (!firstOf(data, 'Secret'))
    return unreadable('It has no secret, but one that is derived from another key (KeyReference).')
  const secret = readBytes(values.secret(data))
  if (!secret.ok) return secret
  const algorithm = algorithmNamed(elementText(key, 'AlgorithmParameters', 'Suite') ?? 'HMAC-SHA1')
  if (!algorithm) return unreadable('The suite is HMAC-SHA1, HMAC-SHA256 or HMAC-SHA512.')
  const common = { secret: secret.secret, algorithm, digits: digits === '6' ? 6 : 8 } as const
  const made = moving(attribute(key, 'Algorithm'), common, (name) => values.number(data, name))
  if (!made.ok || policy.until === null) return made
  return { ok: true, device: { ...made.device, until: policy.until } }
}

/** The device with its counter or clock as the container gives it, or the fault. */
function moving(
  profile: string,
  common: Pick<TokenCredential, 'secret' | 'algorithm' | 'digits'>,
  number: (name: string) => number | null,
): Read {
  const by = Object.entries(profiles).find(([name]) => name === profile)?.[1]
  if (!by) return unreadable(unknownProfile(profile))
  if (by === 'event') {
    const counter = number('Counter') ?? 0
    if (counter < 0 || counter > mostCounter)
      return unreadable(`A Counter is a whole number of at most ${mostCounter}.`)
    return { ok: true, device: deviceOf({ ...common, moves: { by, counter } }) }
  }
  const [period, drift] = [number('TimeInterval') ?? 30, number('TimeDrift') ?? 0]
  if (period !== 30 && period !== 60) return unreadable('A TimeInterval is 30 or 60 seconds.')
  if ((number('Time') ?? 0) !== 0) return unreadable('Its Time is another one than 0: steps are counted from 1970.')
  if (Math.abs(drift) > mostDriftSteps) return unreadable(`A TimeDrift is at most ${mostDriftSteps} steps.`)
  return { ok: true, device: { ...deviceOf({ ...common, moves: { by, periodSeconds: period } }), drift } }
}

function unknownProfile(profile: string): string {
  const drafted = /(?:^|[#:/])(hotp|totp)$/i.exec(profile)?.[1]?.toLowerCase()
  if (!profile) return 'It does not say its Algorithm: HOTP or TOTP (RFC 6030 §10).'
  return drafted
    ? `"${profile}" is not what RFC 6030 calls this profile, but a draft: ${namespace}:${drafted} is.`
    : `It is neither HOTP with a counter nor TOTP with 30 or 60 seconds, but "${profile}".`
}
