import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/** Seals what must be readable again: AES-256-GCM, bound to the row it stands in, so that rows cannot be swapped. */
export interface Seal {
  close(value: unknown, row: readonly string[]): string
  /** Throws when the text was changed, or stands in another row. */
  open(sealed: string, row: readonly string[]): unknown
}

const nonceBytes = 12
const tagBytes = 16
const rowBytes = (row: readonly string[]) => Buffer.from(JSON.stringify(row))

/** A key for each purpose: what was sealed for one is nothing to another. */
export function sealWith(
  storageKey: Uint8Array,
  purpose: 'authenticators' | 'drafts' | 'tickets' | 'tokens' = 'authenticators',
): Seal {
  const key = derive(storageKey, purpose)
  return {
    close(value, row) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(rowBytes(row))
      const body = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')
    },
    open(sealed, row) {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.toString('base64url') !== sealed) throw new Error('A sealed text has one spelling.')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes))
        .setAAD(rowBytes(row))
        .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
      const body = Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()])
      return JSON.parse(body.toString('utf8'))
    },
  }
}

/** One key for one purpose from the storage key (HKDF-SHA-256, RFC 5869); 32 bytes. */
export const derive = (storageKey: Uint8Array, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', storageKey, '', `sallyport ${purpose}`, 32))
