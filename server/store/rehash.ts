import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Seal } from '../secrets/seal.ts'
import { sealedRow } from './documents.ts'
import { lookupIn, makeLookupKey } from './lookup.ts'
import { signInName } from './sign-in-name.ts'
import type { Tables } from './tables.ts'

interface Value {
  readonly jti?: unknown
  readonly session?: { readonly cookie?: unknown }
  readonly result?: { readonly signIn?: unknown }
}

/**
 * Migration 9: documents get a keyed hash for their ids and sealed values; in the log, names of sign-ins under way
 * become hashes too. Sign-ins under way go on.
 */
export const rehash = (seal: Seal): Migration => ({
  async up(untyped: Kysely<unknown>) {
    const db = untyped as Kysely<Tables>
    await db.schema
      .createTable('secrets')
      .addColumn('name', 'text', (c) => c.primaryKey())
      .addColumn('sealed', 'text', (c) => c.notNull())
      .execute()
    await makeLookupKey(db, seal)
    const lookup = await lookupIn(db, seal)
    await db.deleteFrom('documents').where('kind', '=', 'probe').execute()
    for (const { kind, id, value } of await db.selectFrom('documents').select(['kind', 'id', 'value']).execute()) {
      if (kind === 'SignIn') await rename(db, id)
      const hashed = lookup(kind, id)
      const sealed = seal.close(renamed(id, withoutBearers(JSON.parse(value))), sealedRow(kind, hashed))
      const update = db.updateTable('documents').set({ id: hashed, value: sealed })
      await update.where('kind', '=', kind).where('id', '=', id).execute()
    }
  },
})

/** The hashed name of a sign-in, from its old name `uid.round`. */
const nameAnew = (uid: string, before: string) => signInName(uid, before.slice(uid.length + 1))

/** A document's value without bearer secrets (the `jti`, the session's cookie), which the engine's models repeat. */
function withoutBearers({ jti: _, session, ...value }: Value): Value {
  if (!session) return value
  const { cookie: __, ...rest } = session
  return { ...value, session: rest }
}

/** An ended interaction with the new name of its sign-in. */
function renamed(uid: string, value: Value): Value {
  const { result } = value
  if (typeof result?.signIn !== 'string' || !result.signIn.startsWith(`${uid}.`)) return value
  return { ...value, result: { ...result, signIn: nameAnew(uid, result.signIn) } }
}

/** Renames a sign-in under way in the log. Names of ended sign-ins stay: they give no access any more. */
async function rename(db: Kysely<Tables>, uid: string): Promise<void> {
  // The range of names that begin with `uid.`: a slash follows the dot in ASCII.
  const [from, to] = [`${uid}.`, `${uid}/`]
  const rows = db.selectFrom('records').select(['id', 'sign_in', 'body'])
  for (const { id, sign_in, body } of await rows.where('sign_in', '>', from).where('sign_in', '<', to).execute()) {
    const signIn = nameAnew(uid, sign_in ?? '')
    const changed = { sign_in: signIn, body: JSON.stringify({ ...JSON.parse(body), signIn }) }
    await db.updateTable('records').set(changed).where('id', '=', id).execute()
  }
  const bound = db.selectFrom('session_sign_ins').select('sign_in').where('sign_in', '>', from)
  for (const { sign_in } of await bound.where('sign_in', '<', to).execute())
    await db
      .updateTable('session_sign_ins')
      .set({ sign_in: nameAnew(uid, sign_in) })
      .where('sign_in', '=', sign_in)
      .execute()
}
