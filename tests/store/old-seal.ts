import { createCipheriv, randomBytes } from 'node:crypto'
import { derive } from '#server/secrets/seal.ts'

/** A seal as version 0.1 made it: nonce, tag and body under the purpose's one key, in base64url. */
export function sealedAsBefore(storageKey: Uint8Array, value: unknown, row: readonly string[]): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', derive(storageKey, 'authenticators'), nonce)
  cipher.setAAD(Buffer.from(JSON.stringify(row)))
  const body = Buffer.concat([cipher.update(JSON.stringify(value)), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')
}
