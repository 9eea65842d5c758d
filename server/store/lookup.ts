import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Seal } from '../secrets/seal.ts'
import type { Tables } from './tables.ts'

/** The keyed hash of a document's id for its row: a reader of the rows cannot present the ids themselves. */
export type Lookup = (kind: string, id: string) => string

const name = 'lookup'
/** The row to which a secret's seal is bound. */
export const lookupRow = (name: string): readonly string[] => ['secrets', name]
const keyBytes = 32

/** Kinds with readable ids: a token's serial number is no secret, and resealing must read it. */
const legible: ReadonlySet<string> = new Set(['Token'])

/** Makes the key of the hash, once in the life of a store (decision 27). */
export async function makeLookupKey(db: Kysely<Tables>, seal: Seal): Promise<void> {
  const sealed = seal.close(randomBytes(keyBytes).toString('base64url'), lookupRow(name))
  await db.insertInto('secrets').values({ name, sealed }).execute()
}

/** HMAC-SHA-256 of kind and id, in base64url. Throws when no storage key opens the hash's key. */
export async function lookupIn(db: Kysely<Tables>, seal: Seal): Promise<Lookup> {
  const { sealed } = await db.selectFrom('secrets').select('sealed').where('name', '=', name).executeTakeFirstOrThrow()
  const key = createSecretKey(String(seal.open(sealed, lookupRow(name))), 'base64url')
  return (kind, id) =>
    legible.has(kind)
      ? id
      : createHmac('sha256', key)
          .update(JSON.stringify([kind, id]))
          .digest('base64url')
}
