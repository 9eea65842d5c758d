import { DOMParser, type Element } from '@xmldom/xmldom'
import { readBytes } from '../factors/otpauth.ts'
import { type Kept, unused } from '../factors/token/device.ts'
import { secretsOf, Unreadable } from './pskc-secrets.ts'
import { isSerial, type Seed, type SeedFault, type SeedKey, type Seeds } from './seed.ts'
import { all, attribute, find, textOf } from './xml.ts'

const profiles = { hotp: 'urn:ietf:params:xml:ns:keyprov:pskc:hotp', totp: 'urn:ietf:params:xml:ns:keyprov:pskc:totp' }
const fail = (message: string): Seeds => ({ ok: false, faults: [{ at: 'the file', message }] })

/** A Portable Symmetric Key Container (RFC 6030), plain, or encrypted with a key or a password. */
export function readPskc(text: string, key: SeedKey | null): Seeds {
  if (/<!DOCTYPE/i.test(text)) return fail('A container has no document type.')
  const container = parse(text)
  if (!container) return fail('This is no XML that can be read.')
  if (container.localName !== 'KeyContainer') return fail('A container is a KeyContainer (RFC 6030 §4).')
  try {
    const secretIn = secretsOf(container, key)
    const read = all(container, 'KeyPackage').map((one, at) => seedOf(one, at, secretIn))
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

function seedOf(packaged: Element, place: number, secretIn: (data: Element) => Buffer): Seed | SeedFault {
  const serial = textOf(packaged, 'DeviceInfo', 'SerialNo') ?? ''
  const at = isSerial(serial) ? serial : `package ${place + 1}`
  const no = (message: string): SeedFault => ({ at, message })
  const data = find(packaged, 'Key', 'Data')
  const format = find(packaged, 'Key', 'AlgorithmParameters', 'ResponseFormat')
  const digits = format ? attribute(format, 'Length') : '6'
  if (!isSerial(serial)) return no('A SerialNo has letters, digits and . _ : -')
  if (!data) return no('It has no key data.')
  if (format && attribute(format, 'Encoding') !== 'DECIMAL') return no('Codes are DECIMAL.')
  if (digits !== '6' && digits !== '8') return no('Codes have 6 or 8 digits.')
  const secret = readBytes(secretIn(data))
  if (!secret.ok) return no(secret.message)
  const algorithm = algorithmIn(textOf(packaged, 'Key', 'AlgorithmParameters', 'Suite'))
  if (!algorithm) return no('The suite is HMAC-SHA1, HMAC-SHA256 or HMAC-SHA512.')
  const common = { secret: secret.secret, algorithm, digits: digits === '6' ? 6 : 8 } as const
  const device = moving(attribute(find(packaged, 'Key') as Element, 'Algorithm'), data, common)
  return device ? { serial, device } : no('It is neither HOTP with a counter nor TOTP with 30 or 60 seconds.')
}

function moving(profile: string, data: Element, common: Pick<Kept, 'secret' | 'algorithm' | 'digits'>): Kept | null {
  if (profile === profiles.hotp) {
    const counter = textOf(data, 'Counter', 'PlainValue') ?? '0'
    return /^\d{1,9}$/.test(counter) ? unused({ ...common, moves: { by: 'event' } }, Number(counter)) : null
  }
  const period = textOf(data, 'TimeInterval', 'PlainValue') ?? '30'
  if (profile !== profiles.totp || (period !== '30' && period !== '60')) return null
  return unused({ ...common, moves: { by: 'time', periodSeconds: period === '60' ? 60 : 30 } })
}

function algorithmIn(suite: string | null): Kept['algorithm'] | null {
  const name = (suite ?? 'HMAC-SHA1')
    .toUpperCase()
    .replace(/^HMAC-?/, '')
    .replace('-', '')
  return name === 'SHA1' ? 'sha1' : name === 'SHA256' ? 'sha256' : name === 'SHA512' ? 'sha512' : null
}
