import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import type { Element } from '@xmldom/xmldom'
import type { SeedKey } from './seed.ts'
import { attribute, find, textOf } from './xml.ts'

/** A container that cannot be read, and why. Its message never repeats a secret. */
export class Unreadable extends Error {}

const ciphers: Readonly<Record<string, { readonly name: string; readonly keyBytes: number }>> = {
  'http://www.w3.org/2001/04/xmlenc#aes128-cbc': { name: 'aes-128-cbc', keyBytes: 16 },
  'http://www.w3.org/2001/04/xmlenc#aes256-cbc': { name: 'aes-256-cbc', keyBytes: 32 },
}
const macs: Readonly<Record<string, string>> = {
  'http://www.w3.org/2000/09/xmldsig#hmac-sha1': 'sha1',
  'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256': 'sha256',
}
const blockBytes = 16
const mostIterations = 10_000_000

/** How the secrets of a container are read: as they stand, or decrypted and their MACs checked first (RFC 6030 §6). */
export function secretsOf(container: Element, given: SeedKey | null): (data: Element) => Buffer {
  const encryption = find(container, 'EncryptionKey')
  if (!encryption) return plain
  const key = keyFor(encryption, given)
  const method = find(container, 'MACMethod')
  const hash = method && macs[attribute(method, 'Algorithm')]
  const macKey = method && find(method, 'MACKey')
  if (!method || !hash) throw new Unreadable('An encrypted container has a MACMethod of HMAC-SHA-1 or HMAC-SHA-256.')
  // Without a key of its own the encryption key is used (§6.1.1).
  const checking = macKey ? decrypt(macKey, key) : key
  return (data) => {
    const value = find(data, 'Secret', 'EncryptedValue')
    if (!value) throw new Unreadable('In an encrypted container every secret is encrypted.')
    const mac = Buffer.from(textOf(data, 'Secret', 'ValueMAC') ?? '', 'base64')
    const right = createHmac(hash, checking).update(cipherText(value)).digest()
    if (mac.length !== right.length || !timingSafeEqual(mac, right))
      throw new Unreadable('A secret’s MAC is not right: another key, or the file was changed.')
    return decrypt(value, key)
  }
}

function plain(data: Element): Buffer {
  const value = textOf(data, 'Secret', 'PlainValue')
  if (value === null) throw new Unreadable('A secret is encrypted, and the container does not say how.')
  return Buffer.from(value, 'base64')
}

function keyFor(encryption: Element, given: SeedKey | null): Buffer {
  const derived = find(encryption, 'DerivedKey', 'KeyDerivationMethod')
  if (!derived) {
    if (given?.is === 'key') return given.bytes
    throw new Unreadable('This container is encrypted with a key: give it with --key-file.')
  }
  if (given?.is !== 'passphrase')
    throw new Unreadable('This container is encrypted with a password: give it with --password-file.')
  const parameters = find(derived, 'PBKDF2-params')
  const salt = parameters && textOf(parameters, 'Salt', 'Specified')
  const iterations = Number(parameters && textOf(parameters, 'IterationCount'))
  const bytes = Number(parameters && (textOf(parameters, 'KeyLength') ?? '16'))
  const isPbkdf2 = /#pbkdf2$/.test(attribute(derived, 'Algorithm'))
  const known = Number.isInteger(iterations) && iterations > 0 && iterations <= mostIterations
  if (!isPbkdf2 || !salt || !known || (bytes !== 16 && bytes !== 32))
    throw new Unreadable('The key is derived in a way that is not known here: PBKDF2 with a salt is (RFC 6030 §6.2).')
  return pbkdf2Sync(given.text, Buffer.from(salt, 'base64'), iterations, bytes, 'sha1')
}

const cipherText = (value: Element): Buffer =>
  Buffer.from((textOf(value, 'CipherData', 'CipherValue') ?? '').replace(/\s/g, ''), 'base64')

/** AES-CBC with the initialisation vector before the text (XML Encryption 1.1 §5.2). */
function decrypt(value: Element, key: Buffer): Buffer {
  const cipher = ciphers[attribute(find(value, 'EncryptionMethod') ?? value, 'Algorithm')]
  if (!cipher) throw new Unreadable('Secrets are encrypted with AES-128-CBC or AES-256-CBC.')
  if (key.length !== cipher.keyBytes) throw new Unreadable(`The key has ${cipher.keyBytes} bytes.`)
  const text = cipherText(value)
  try {
    const decipher = createDecipheriv(cipher.name, key, text.subarray(0, blockBytes))
    return Buffer.concat([decipher.update(text.subarray(blockBytes)), decipher.final()])
  } catch {
    throw new Unreadable('A secret cannot be decrypted: another key, or the file was changed.')
  }
}
