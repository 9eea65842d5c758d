import { DOMParser, type Element } from '@xmldom/xmldom'
import { readBytes } from '../factors/otpauth.ts'
import { type Kept, unused } from '../factors/token/device.ts'
import { readPolicy } from './pskc-policy.ts'
import { secretsOf, Unreadable } from './pskc-secrets.ts'
import { isSerial, type Seed, type SeedFault, type SeedKey, type Seeds } from './seed.ts'
import { all, attribute, find, textOf } from './xml.ts'

const profiles = { hotp: 'urn:ietf:params:xml:ns:keyprov:pskc:hotp', totp: 'urn:ietf:params:xml:ns:keyprov:pskc:totp' }
const fail = (message: string): Seeds => ({ ok: false, faults: [{ at: 'the file', message }] })

/** A Portable Symmetric Key Container (RFC 6030), plain, or encrypted with a key or a password. */
export function readPskc(text: string, key: SeedKey | null, now: Date): Seeds {
  if (/<!DOCTYPE/i.test(text)) return fail('A container has no document type.')
  const container = parse(text)
  if (!container) return fail('This is no XML that can be read.')
  if (container.localName !== 'KeyContainer') return fail('A container is a KeyContainer (RFC 6030 §4).')
  try {
    const secretIn = secretsOf(container, key)
    const read = all(container, 'KeyPackage').map((one, at) => seedOf(one, at, secretIn, now))
    const faults = read.flatMap((one) => ('message' in one ? [one] : []))
    if (read.length === 0) return fail('There is no KeyPackage in it.')
    return faults.length > 0
      ? { ok: false, faults }
      : { ok: true, seeds: read.flatMap((one) => ('message' in one ? [] : [one])) }
  } catch (error) {
    if (error instanceof Unreadable) return fail(error.message)
    throw error
  }
}

function parse(text: string): Element | null {
  try {
    const onError = (level: string, message: string) => {
      if (level !== 'warning') throw new Unreadable(message)
    }
    return new DOMParser({ onError }).parseFromString(text.trim(), 'text/xml').documentElement
  } catch {
    return null
  }
}

function seedOf(packaged: Element, place: number, secretIn: (data: Element) => Buffer, now: Date): Seed | SeedFault {
  const serial = textOf(packaged, 'DeviceInfo', 'SerialNo') ?? ''
  const at = isSerial(serial) ? serial : `package ${place + 1}`
  const no = (message: string): SeedFault => ({ at, message })
  const key = find(packaged, 'Key')
  const data = key && find(key, 'Data')
  if (!isSerial(serial)) return no('A SerialNo has letters, digits and . _ : -')
  if (!key || !data) return no('It has no key data.')
  const policy = readPolicy(key, find(packaged, 'DeviceInfo'), now)
  if (!policy.ok) return no(policy.message)
  const format = find(key, 'AlgorithmParameters', 'ResponseFormat')
  const digits = format ? attribute(format, 'Length') : '6'
  if (format && attribute(format, 'Encoding') !== 'DECIMAL') return no('Codes are DECIMAL.')
  if (digits !== '6' && digits !== '8') return no('Codes have 6 or 8 digits.')
  if (!find(data, 'Secret')) return no('It has no secret, but one that is derived from another key (KeyReference).')
  const secret = readBytes(secretIn(data))
  if (!secret.ok) return no(secret.message)
  const algorithm = algorithmIn(textOf(key, 'AlgorithmParameters', 'Suite'))
  if (!algorithm) return no('The suite is HMAC-SHA1, HMAC-SHA256 or HMAC-SHA512.')
  const common = { secret: secret.secret, algorithm, digits: digits === '6' ? 6 : 8 } as const
  const device = moving(attribute(key, 'Algorithm'), data, common)
  if (typeof device === 'string') return no(device)
  return { serial, device: policy.until === null ? device : { ...device, until: policy.until } }
}

/** A device where its container says that it is, or what is wrong with that. */
function moving(profile: string, data: Element, common: Pick<Kept, 'secret' | 'algorithm' | 'digits'>): Kept | string {
  const hidden = ['Counter', 'Time', 'TimeInterval', 'TimeDrift'].find(
    (name) => find(data, name) && !find(data, name, 'PlainValue'),
  )
  if (hidden) return `Its ${hidden} is encrypted: only a PlainValue is taken.`
  const plain = (name: string, usual: string) => textOf(data, name, 'PlainValue') ?? usual
  if (profile === profiles.hotp) {
    const counter = plain('Counter', '0')
    if (!/^\d{1,9}$/.test(counter)) return 'A Counter is a whole number.'
    return unused({ ...common, moves: { by: 'event' } }, Number(counter))
  }
  const [period, drift] = [plain('TimeInterval', '30'), plain('TimeDrift', '0')]
  if (profile !== profiles.totp || (period !== '30' && period !== '60'))
    return 'It is neither HOTP with a counter nor TOTP with 30 or 60 seconds.'
  if (plain('Time', '0') !== '0') return 'Its Time is another one than 0: steps are counted from 1970.'
  if (!/^-?\d{1,6}$/.test(drift)) return 'A TimeDrift is a whole number of steps.'
  return {
    ...unused({ ...common, moves: { by: 'time', periodSeconds: period === '60' ? 60 : 30 } }),
    drift: Number(drift),
  }
}

function algorithmIn(suite: string | null): Kept['algorithm'] | null {
  const name = (suite ?? 'HMAC-SHA1')
    .toUpperCase()
    .replace(/^HMAC-?/, '')
    .replace('-', '')
  return name === 'SHA1' ? 'sha1' : name === 'SHA256' ? 'sha256' : name === 'SHA512' ? 'sha512' : null
}
