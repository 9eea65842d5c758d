import { type Kysely, sql } from 'kysely'
import type { Tables } from './migrations.ts'
import type { Document, Handles, Store } from './store.ts'

const documentOf = (row: Pick<Tables['documents'], 'value' | 'revision' | 'consumed_at'>): Document => ({
  value: JSON.parse(row.value),
  revision: row.revision,
  consumedAt: row.consumed_at,
})

const rowOf = (kind: string, id: string, value: object, expiresAt: number, handles: Handles = {}) => ({
  kind,
  id,
  value: JSON.stringify(value),
  revision: 0,
  expires_at: expiresAt,
  consumed_at: null,
  uid: handles.uid ?? null,
  grant_id: handles.grant ?? null,
})

export function documentsIn(db: Kysely<Tables>): Store['documents'] {
  const one = (kind: string, id: string) =>
    db.selectFrom('documents').selectAll().where('kind', '=', kind).where('id', '=', id)
  const remove = (kind: string, id: string) => db.deleteFrom('documents').where('kind', '=', kind).where('id', '=', id)

  return {
    async get(kind, id) {
      const row = await one(kind, id).executeTakeFirst()
      return row ? documentOf(row) : null
    },
    async byUid(kind, uid) {
      const row = await db
        .selectFrom('documents')
        .selectAll()
        .where('kind', '=', kind)
        .where('uid', '=', uid)
        .executeTakeFirst()
      return row ? documentOf(row) : null
    },
    async put(kind, id, value, expiresAt, handles) {
      const { consumed_at: _, ...row } = rowOf(kind, id, value, expiresAt, handles)
      await db
        .insertInto('documents')
        .values(row)
        .onConflict((c) =>
          c.columns(['kind', 'id']).doUpdateSet({ ...row, revision: sql<number>`documents.revision + 1` }),
        )
        .execute()
    },
    async add(kind, id, value, expiresAt) {
      const done = await db
        .insertInto('documents')
        .values(rowOf(kind, id, value, expiresAt))
        .onConflict((c) => c.columns(['kind', 'id']).doNothing())
        .executeTakeFirst()
      return done.numInsertedOrUpdatedRows === 1n
    },
    async replace(kind, id, revision, value, expiresAt) {
      const done = await db
        .updateTable('documents')
        .set({ value: JSON.stringify(value), expires_at: expiresAt, revision: revision + 1 })
        .where('kind', '=', kind)
        .where('id', '=', id)
        .where('revision', '=', revision)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async consume(kind, id, at) {
      const done = await db
        .updateTable('documents')
        .set({ consumed_at: at })
        .where('kind', '=', kind)
        .where('id', '=', id)
        .where('consumed_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async take(kind, id) {
      const row = await remove(kind, id).returningAll().executeTakeFirst()
      return row ? documentOf(row) : null
    },
    async remove(kind, id) {
      await remove(kind, id).execute()
    },
    async removeByGrant(kind, grant) {
      await db.deleteFrom('documents').where('kind', '=', kind).where('grant_id', '=', grant).execute()
    },
  }
}
