import type { Kysely } from 'kysely'
import type { Tables } from './migrations.ts'
import type { Attempts, Store } from './store.ts'

const rowOf = (key: string, next: Attempts): Tables['attempts'] => ({
  key,
  failures: next.failures,
  locked_until: next.lockedUntil,
  forgotten_at: next.forgottenAt,
  revision: next.revision,
})

export function attemptsIn(db: Kysely<Tables>): Store['attempts'] {
  return {
    async get(key) {
      const row = await db.selectFrom('attempts').selectAll().where('key', '=', key).executeTakeFirst()
      return row
        ? {
            failures: row.failures,
            lockedUntil: row.locked_until,
            forgottenAt: row.forgotten_at,
            revision: row.revision,
          }
        : null
    },
    async replace(key, seen, next) {
      if (!seen) {
        const done = await db
          .insertInto('attempts')
          .values(rowOf(key, next))
          .onConflict((c) => c.column('key').doNothing())
          .executeTakeFirst()
        return done.numInsertedOrUpdatedRows === 1n
      }
      const done = await db
        .updateTable('attempts')
        .set(rowOf(key, { ...next, revision: seen.revision + 1 }))
        .where('key', '=', key)
        .where('revision', '=', seen.revision)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async clear(keys) {
      await db.deleteFrom('attempts').where('key', 'in', keys).execute()
    },
  }
}
