import { createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import type { Element } from '@xmldom/xmldom'
import { cipherText, decrypt, protectsItself, UnreadableValue } from './pskc-ciphers.ts'
import type { SeedKey } from './seed.ts'
import { attribute, elementText, firstOf } from './xml.ts'

const macs: Readonly<Record<string, string>> = {
  'http://www.w3.org/2000/09/xmldsig#hmac-sha1': 'sha1',
  'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256': 'sha256',
}
const mostIterations = 10_000_000
/** Octets of an encrypted number, an unsigned big-endian integer: four (intDataType) or eight (longDataType). */
const mostOctets = 8

/** Readers of the values in a key's <Data>, plain or encrypted. All throw {@link UnreadableValue}. */
export interface PskcValues {
  secret(data: Element): Buffer
  /** The value of <Counter>, <Time>, <TimeInterval> or <TimeDrift>; null without that element. */
  number(data: Element, name: string): number | null
}

/** Readers for a container's values: plain, or with a MAC that is checked before decryption (RFC 6030 §6). */
export function valuesOf(container: Element, given: SeedKey | null): PskcValues {
  const open = decryption(container, given)
  return {
    secret(data) {
      const plain = elementText(data, 'Secret', 'PlainValue')
      if (plain === null) return opened(data, 'Secret')
      if (open) throw new UnreadableValue('In an encrypted container every secret is encrypted.')
      return base64In(plain)
    },
    number(data, name) {
      if (!firstOf(data, name)) return null
      const plain = elementText(data, name, 'PlainValue')
      if (plain !== null) return whole(name, /^-?\d+$/.test(plain) ? Number(plain) : Number.NaN)
      const octets = opened(data, name)
      return whole(
        name,
        octets.length > 0 && octets.length <= mostOctets ? Number(`0x${octets.toString('hex')}`) : Number.NaN,
      )
    },
  }

  function opened(data: Element, name: string): Buffer {
    const value = firstOf(data, name, 'EncryptedValue')
    if (!value) throw new UnreadableValue(`Its ${name} has no value.`)
    if (!open) throw new UnreadableValue(`Its ${name} is encrypted, and the container does not say how.`)
    return open(value, elementText(data, name, 'ValueMAC'))
  }
}

/** Strict base64 (xs:base64Binary): Node's decoder skips other characters, and would make another secret. */
function base64In(text: string): Buffer {
  const plain = text.replace(/\s/g, '')
  const bytes = Buffer.from(plain, 'base64')
  if (bytes.toString('base64') !== plain) throw new UnreadableValue('Its Secret is not written in base64.')
  return bytes
}

function whole(name: string, number: number): number {
  if (!Number.isSafeInteger(number)) throw new UnreadableValue(`Its ${name} is no whole number.`)
  return number
}

/** The decryption of a container's values; null for a container without encryption. */
function decryption(
  container: Element,
  given: SeedKey | null,
): ((value: Element, mac: string | null) => Buffer) | null {
  const encryption = firstOf(container, 'EncryptionKey')
  if (!encryption) return null
  if (firstOf(encryption, 'X509Data'))
    throw new UnreadableValue(
      'This container is encrypted for a certificate, which is not taken: have it made with a key.',
    )
  const key = keyFor(encryption, given)
  const method = firstOf(container, 'MACMethod')
  const hash = method && macs[attribute(method, 'Algorithm')]
  const macKey = method && firstOf(method, 'MACKey')
  // Without a MAC key the encryption key is used (§6.1.1).
  const checking = macKey ? decrypt(macKey, key) : key
  return (value, mac) => {
    if (mac === null && protectsItself(value)) return decrypt(value, key)
    if (mac === null || !hash)
      throw new UnreadableValue('A MAC is needed (RFC 6030 §6.1.1), and its MACMethod is HMAC-SHA-1 or HMAC-SHA-256.')
    const right = createHmac(hash, checking).update(cipherText(value)).digest()
    const claimed = Buffer.from(mac, 'base64')
    if (claimed.length !== right.length || !timingSafeEqual(claimed, right))
      throw new UnreadableValue('A value’s MAC is not right: another key, or the file was changed.')
    return decrypt(value, key)
  }
}

function keyFor(encryption: Element, given: SeedKey | null): Buffer {
  const derived = firstOf(encryption, 'DerivedKey', 'KeyDerivationMethod')
  if (!derived) {
    if (given?.is === 'key') return given.bytes
    throw new UnreadableValue('This container is encrypted with a key: give it with --key-file.')
  }
  if (given?.is !== 'passphrase')
    throw new UnreadableValue('This container is encrypted with a password: give it with --password-file.')
  const parameters = firstOf(derived, 'PBKDF2-params')
  const salt = parameters && elementText(parameters, 'Salt', 'Specified')
  const iterations = Number(parameters && elementText(parameters, 'IterationCount'))
  const bytes = Number(parameters && (elementText(parameters, 'KeyLength') ?? '16'))
  const isPbkdf2 = /#pbkdf2$/.test(attribute(derived, 'Algorithm'))
  const known = Number.isInteger(iterations) && iterations > 0 && iterations <= mostIterations
  if (!isPbkdf2 || !salt || !known || (bytes !== 16 && bytes !== 32))
    throw new UnreadableValue(
      'The key is derived in a way that is not known here: PBKDF2 with a salt is (RFC 6030 §6.2).',
    )
  return pbkdf2Sync(given.text, Buffer.from(salt, 'base64'), iterations, bytes, 'sha1')
}
