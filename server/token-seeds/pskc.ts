import { DOMParser, type Element } from '@xmldom/xmldom'
import { UnreadableValue } from './pskc-ciphers.ts'
import { readKey } from './pskc-key.ts'
import { isPin } from './pskc-policy.ts'
import { valuesOf } from './pskc-values.ts'
import { isSerial, repeatedSerials, type Seed, type SeedFault, type SeedKey, type Seeds, seedsOf } from './seed.ts'
import { attribute, descendants, elementText, firstOf } from './xml.ts'

const fail = (message: string): Seeds => seedsOf([{ at: 'the file', message }])

/** Reads a Portable Symmetric Key Container (RFC 6030): plain, or encrypted with a key or a password. */
export function readPskc(text: string, key: SeedKey | null, now: Date): Seeds {
  if (/<!DOCTYPE/i.test(text)) return fail('A container has no document type.')
  const container = parse(text)
  if (!container) return fail('This is no XML that can be read.')
  if (container.localName !== 'KeyContainer') return fail('A container is a KeyContainer (RFC 6030 §4).')
  const packages = descendants(container, 'KeyPackage').flatMap(keysIn)
  const several = repeatedSerials(packages.filter(({ key }) => key && !isPin(key)).map(({ serial }) => serial))
  if (packages.length === 0) return fail('There is no KeyPackage in it.')
  try {
    const values = valuesOf(container, key)
    return seedsOf(packages.map((one, at) => seedOf(one, { at: at + 1, several, values, now })))
  } catch (error) {
    if (error instanceof UnreadableValue) return fail(error.message)
    throw error
  }
}

function parse(text: string): Element | null {
  try {
    const onError = (level: string, message: string) => {
      if (level !== 'warning') throw new UnreadableValue(message)
    }
    return new DOMParser({ onError }).parseFromString(text.trim(), 'text/xml').documentElement
  } catch {
    return null
  }
}

/** A package of a container: a device and one key, each null when absent. */
interface Packaged {
  readonly device: Element | null
  readonly serial: string | null
  readonly key: Element | null
}

function keysIn(packaged: Element): readonly Packaged[] {
  const device = firstOf(packaged, 'DeviceInfo')
  const serial = device && elementText(device, 'SerialNo')
  const keys = descendants(packaged, 'Key')
  return (keys.length > 0 ? keys : [null]).map((key) => ({ device, serial, key }))
}

/** The context of a key: its position, the devices with several keys, and the reader of values. */
interface Around {
  readonly at: number
  /** The serial numbers of devices with several keys. */
  readonly several: ReadonlySet<string | null>
  readonly values: Parameters<typeof readKey>[1]['values']
  readonly now: Date
}

function seedOf(one: Packaged, { at, several, values, now }: Around): Seed | SeedFault {
  const { device, key } = one
  const serial = nameOf(one, several)
  if (!serial)
    return { at: `package ${at}`, message: 'It has no SerialNo, which a token is known by (RFC 6030 §4.3.1).' }
  if (!isSerial(serial))
    return { at: `package ${at}`, message: 'A SerialNo (and the Id of a key) has letters, digits and . _ : -' }
  if (!key) return { at: serial, message: 'It has no key.' }
  try {
    const read = readKey(key, { device, values, now })
    return read.ok ? { serial, device: read.device, person: null } : { at: serial, message: read.message }
  } catch (error) {
    if (error instanceof UnreadableValue) return { at: serial, message: error.message }
    throw error
  }
}

/** The name of a key: its device's serial number, and its own Id too where the device has several keys. */
const nameOf = ({ serial, key }: Packaged, several: ReadonlySet<string | null>): string | null =>
  serial && key && !isPin(key) && several.has(serial) ? `${serial}:${attribute(key, 'Id')}` : serial
