import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'

/** Storage keys of 32 bytes: the first key seals, and every key opens its own seals. */
export type StorageKeys = readonly [Uint8Array, ...Uint8Array[]]

/** Encrypts values at rest: AES-256-GCM, bound to the value's row, so that rows cannot be swapped. */
export interface Seal {
  close(value: unknown, row: readonly string[]): string
  /** Throws when the text was changed, stands in another row, or was sealed with an unknown key. */
  open(sealed: string, row: readonly string[]): unknown
  /** Opens a value as its JSON. */
  openText(sealed: string, row: readonly string[]): string
  /** The value sealed anew with the first key; null when it already is. Throws as {@link open} does. */
  renew(sealed: string, row: readonly string[]): string | null
}

const saltBytes = 16
const nonceBytes = 12
const tagBytes = 16
/** The seals that one salted key makes: far fewer than its random nonces allow. */
const sealsOfAKey = 65_536
/** The salted keys in memory for opening. */
const mostKeys = 256
const rowBytes = (row: readonly string[]) => Buffer.from(JSON.stringify(row))

/** The id of a storage key in its seals: 48 bits that reveal nothing about the key. */
export const keyIdOf = (storageKey: Uint8Array): string =>
  derive(storageKey, 'key id').subarray(0, 6).toString('base64url')

/** The id of the key that a text was sealed with; null for seals written before seals named their key. */
export const sealedWith = (sealed: string): string | null => /^([\w-]{8})\./.exec(sealed)?.[1] ?? null

/**
 * A seal with its own keys for a purpose: a value sealed for one purpose opens for no other. A seal is
 * `KEY-ID.BASE64URL` of salt, nonce, tag and body. The salt makes a key (HKDF-SHA-256, RFC 5869) for 65,536 seals at
 * most, so that none comes near the 2^32 random nonces that NIST SP 800-38D §8.3 allows it (decision 28).
 */
export function sealWith(
  storageKeys: StorageKeys,
  purpose: 'authenticators' | 'drafts' | 'tickets' | 'tokens' = 'authenticators',
): Seal {
  const newest = keyIdOf(storageKeys[0])
  const keys = new Map(storageKeys.map((key) => [keyIdOf(key), derive(key, purpose)]))
  const keyOf = (id: string) => {
    const key = keys.get(id)
    if (!key) throw new Error(`This was sealed with the storage key ${id}, which is not configured`)
    return key
  }
  let sealing = { salt: Buffer.alloc(0), key: createSecretKey(Buffer.alloc(32)), left: 0 }
  const opening = new Map<string, KeyObject>()
  /** The key of a salt: neighbouring seals share it, and making it takes as long as a seal. */
  function saltedKeyOf(id: string, salt: Buffer): KeyObject {
    const name = `${id}.${salt.toString('base64url')}`
    const known = opening.get(name)
    if (known) return known
    const key = saltedKey(keyOf(id), salt)
    if (opening.size >= mostKeys) opening.clear()
    opening.set(name, key)
    return key
  }
  const close: Seal['close'] = (value, row) => {
    if (sealing.left === 0) {
      const salt = randomBytes(saltBytes)
      sealing = { salt, key: saltedKey(keyOf(newest), salt), left: sealsOfAKey }
    }
    sealing.left -= 1
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', sealing.key, nonce).setAAD(rowBytes(row))
    const body = [cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]
    const bytes = Buffer.concat([sealing.salt, nonce, cipher.getAuthTag(), ...body])
    return `${newest}.${bytes.toString('base64url')}`
  }
  const openText: Seal['openText'] = (sealed, row) => {
    const id = sealedWith(sealed)
    if (id === null) return openedByAny([...keys.values()], bytesOf(sealed), row)
    const bytes = bytesOf(sealed.slice(id.length + 1))
    return opened(saltedKeyOf(id, bytes.subarray(0, saltBytes)), bytes.subarray(saltBytes), row)
  }
  const open: Seal['open'] = (sealed, row) => JSON.parse(openText(sealed, row))
  return {
    close,
    open,
    openText,
    renew: (sealed, row) => (sealedWith(sealed) === newest ? null : close(open(sealed, row), row)),
  }
}

function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.toString('base64url') !== text) throw new Error('A sealed text has one spelling.')
  return bytes
}

/** Decrypts nonce, tag and body. */
function opened(key: Uint8Array | KeyObject, bytes: Buffer, row: readonly string[]): string {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes))
    .setAAD(rowBytes(row))
    .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
  const body = Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()])
  return body.toString('utf8')
}

/** Opens a seal written before seals named their keys: sealed with the purpose's own key, without a salt. */
function openedByAny(keys: readonly Uint8Array[], bytes: Buffer, row: readonly string[]): string {
  for (const key of keys.slice(0, -1))
    try {
      return opened(key, bytes, row)
    } catch {
      // Another key's seal: its tag does not verify.
    }
  return opened(keys.at(-1) as Uint8Array, bytes, row)
}

const saltedKey = (key: Uint8Array, salt: Uint8Array): KeyObject =>
  createSecretKey(new Uint8Array(hkdfSync('sha256', key, salt, 'sallyport seal', 32)))

/** One key for one purpose from the storage key (HKDF-SHA-256, RFC 5869); 32 bytes. */
export const derive = (storageKey: Uint8Array, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', storageKey, '', `sallyport ${purpose}`, 32))
