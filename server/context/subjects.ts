import { createCipheriv, createDecipheriv, createHmac, createSecretKey } from 'node:crypto'
import type { Client } from '../config/load.ts'
import { derive, type StorageKeys } from '../secrets/seal.ts'
import type { Store } from '../store/store.ts'
import { absoluteUrl } from './absolute-url.ts'

/** Subject identifiers of accounts that differ from sector to sector (OpenID Connect Core 1.0 §8.1). */
export interface Subjects {
  /**
   * The subject of an account in a sector, always the same one: at most 255 ASCII characters (§2) for an account id of
   * up to 160.
   */
  of(account: string, sector: string): string
  /** The account of a subject; null for a subject of another sector, and for anything else. */
  accountOf(subject: string, sector: string): string | null
}

const nonceBytes = 12
const tagBytes = 16

/**
 * Subjects are the account id, encrypted under its sector (§8.1's second example): AES-256-GCM whose nonce is an
 * HMAC-SHA-256 of what is encrypted, so that equal ones stay equal and no nonce serves two texts (RFC 5297 §1.3.2 does
 * alike).
 */
export function subjectsWith(key: Uint8Array): Subjects {
  const nonceKey = createSecretKey(derive(key, 'subject nonces'))
  const cipherKey = createSecretKey(derive(key, 'subjects'))
  const of = (account: string, sector: string) => {
    const mac = createHmac('sha256', nonceKey)
      .update(JSON.stringify([sector, account]))
      .digest()
    const nonce = mac.subarray(0, nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', cipherKey, nonce).setAAD(Buffer.from(sector))
    const body = Buffer.concat([cipher.update(account, 'utf8'), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')
  }
  return {
    of,
    accountOf(subject, sector) {
      try {
        const bytes = Buffer.from(subject, 'base64url')
        const decipher = createDecipheriv('aes-256-gcm', cipherKey, bytes.subarray(0, nonceBytes), {
          authTagLength: tagBytes,
        })
          .setAAD(Buffer.from(sector))
          .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
        const body = Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()])
        const account = body.toString('utf8')
        return of(account, sector) === subject ? account : null
      } catch {
        return null
      }
    },
  }
}

/** The issuer, and the subjects that people are known by. */
interface Known {
  readonly issuer: URL
  readonly subjects: Subjects
}

const row = ['Key', 'subjects'] as const

/**
 * The key of all subjects: derived from the storage key once, at the first start that wants it, and kept in the store
 * (sealed, as everything there) from then on. Another storage key changes nobody's subject.
 */
export async function subjectKey({ documents }: Pick<Store, 'documents'>, [newest]: StorageKeys): Promise<Uint8Array> {
  const made = derive(newest, 'pairwise subjects').toString('base64url')
  await documents.add(...row, { key: made }, Number.MAX_SAFE_INTEGER)
  return Buffer.from(String((await documents.get(...row))?.value.key), 'base64url')
}

/** The host whose relying parties know somebody by one subject; null for a client to which subjects are public. */
export function sectorOf(app: Pick<Known, 'issuer'>, client: Client): string | null {
  if (client.subject_type !== 'pairwise') return null
  const [first = ''] = client.redirect_uris
  return new URL(client.sector_identifier_uri ?? absoluteUrl(app, first)).host
}

/** The subject that a client knows somebody by. */
export function subjectFor(app: Known, client: Client, account: string): string {
  const sector = sectorOf(app, client)
  return sector === null ? account : app.subjects.of(account, sector)
}

/**
 * The account that a client means by a subject; the empty id, which nobody has, where it is no subject of that client.
 */
export function accountFor(app: Known, client: Client, subject: string): string {
  const sector = sectorOf(app, client)
  return sector === null ? subject : (app.subjects.accountOf(subject, sector) ?? '')
}
