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
 * Migration 9: documents are found by a keyed hash of their ids, and their values are sealed; the log's names of sign-ins
 * that are under way are hashes too. What was under way goes on.
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
      const one = db.updateTable('documents').set({ id: hashed, value: sealed })
      await one.where('kind', '=', kind).where('id', '=', id).execute()
    }
  },
})

/** `uid.round`, as sign-ins were called until now. */
const nameAnew = (uid: string, before: string) => signInName(uid, before.slice(uid.length + 1))

/** Without what may be presented, which the engine's models said themselves. */
function withoutBearers({ jti: _, session, ...value }: Value): Value {
  if (!session) return value
  const { cookie: __, ...rest } = session
  return { ...value, session: rest }
}

/** An interaction that has ended says which sign-in it was. */
function renamed(uid: string, value: Value): Value {
  const { result } = value
  if (typeof result?.signIn !== 'string' || !result.signIn.startsWith(`${uid}.`)) return value
  return { ...value, result: { ...result, signIn: nameAnew(uid, result.signIn) } }
}

/** The log's names of a sign-in that is under way; those of earlier ones open nothing any more, and stay. */
async function rename(db: Kysely<Tables>, uid: string): Promise<void> {
  // Between the dot and what follows it in ASCII.
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
