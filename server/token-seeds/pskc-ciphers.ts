import { createDecipheriv } from 'node:crypto'
import type { Element } from '@xmldom/xmldom'
import { attribute, elementText, firstOf } from './xml.ts'

/** Thrown for a container or a key that cannot be read. The message gives the reason and never repeats a secret. */
export class UnreadableValue extends Error {}

interface Cipher {
  readonly name: string
  readonly keyBytes: number
  /** The initial value by which a key wrap checks its integrity; null for AES-CBC, which has no check. */
  readonly initial: Buffer | null
}
const wrap = Buffer.from('a6a6a6a6a6a6a6a6', 'hex')
const paddedWrap = Buffer.from('a65959a6', 'hex')
const xmlenc = 'http://www.w3.org/2001/04/xmlenc#'
const xmlenc11 = 'http://www.w3.org/2009/xmlenc11#'
/** Ciphers of XML Encryption 1.1 §5.2, §5.6: AES-CBC, key wrap (RFC 3394), key wrap with padding (RFC 5649). */
const ciphers: Readonly<Record<string, Cipher>> = {
  [`${xmlenc}aes128-cbc`]: { name: 'aes-128-cbc', keyBytes: 16, initial: null },
  [`${xmlenc}aes256-cbc`]: { name: 'aes-256-cbc', keyBytes: 32, initial: null },
  [`${xmlenc}kw-aes128`]: { name: 'id-aes128-wrap', keyBytes: 16, initial: wrap },
  [`${xmlenc}kw-aes256`]: { name: 'id-aes256-wrap', keyBytes: 32, initial: wrap },
  [`${xmlenc11}kw-aes-128-pad`]: { name: 'id-aes128-wrap-pad', keyBytes: 16, initial: paddedWrap },
  [`${xmlenc11}kw-aes-256-pad`]: { name: 'id-aes256-wrap-pad', keyBytes: 32, initial: paddedWrap },
}
const blockBytes = 16

function cipherOf(value: Element): Cipher {
  const cipher = ciphers[attribute(firstOf(value, 'EncryptionMethod') ?? value, 'Algorithm')]
  if (!cipher) throw new UnreadableValue('Values are encrypted with AES-CBC or AES key wrap, of 128 or 256 bits.')
  return cipher
}

export const cipherText = (value: Element): Buffer =>
  Buffer.from((elementText(value, 'CipherData', 'CipherValue') ?? '').replace(/\s/g, ''), 'base64')

/** Whether a value's cipher has an integrity check, so that the value needs no MAC (RFC 6030 §6.1.1). */
export const protectsItself = (value: Element): boolean => cipherOf(value).initial !== null

/** The octets of an encrypted value. Throws {@link UnreadableValue}. */
export function decrypt(value: Element, key: Buffer): Buffer {
  const { name, keyBytes, initial } = cipherOf(value)
  if (key.length !== keyBytes) throw new UnreadableValue(`The key has ${keyBytes} bytes.`)
  const text = cipherText(value)
  // With AES-CBC the initialisation vector comes before the text (XML Encryption 1.1 §5.2).
  const [vector, rest] = initial ? [initial, text] : [text.subarray(0, blockBytes), text.subarray(blockBytes)]
  try {
    const decipher = createDecipheriv(name, key, vector)
    return Buffer.concat([decipher.update(rest), decipher.final()])
  } catch {
    throw new UnreadableValue('A value cannot be decrypted: another key, or the file was changed.')
  }
}
