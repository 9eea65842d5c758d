import type { Kysely } from 'kysely'
import { changedRow, preparedQuery } from './prepared.ts'
import type { Store } from './store.ts'
import type { Tables } from './tables.ts'

const counted = ['key', 'failures', 'locked_until', 'forgotten_at', 'revision'] as const
const queries = {
  get: preparedQuery(['key'], (db, { key }) => db.selectFrom('attempts').selectAll().where('key', '=', key)),
  add: preparedQuery(counted, (db, { key, failures, locked_until, forgotten_at, revision }) =>
    db
      .insertInto('attempts')
      .values({ key, failures, locked_until, forgotten_at, revision })
      .onConflict((c) => c.column('key').doNothing()),
  ),
  replace: preparedQuery([...counted, 'seen'], (db, { key, failures, locked_until, forgotten_at, revision, seen }) =>
    db
      .updateTable('attempts')
      .set({ failures, locked_until, forgotten_at, revision })
      .where('key', '=', key)
      .where('revision', '=', seen),
  ),
  clear: preparedQuery(['key'], (db, { key }) => db.deleteFrom('attempts').where('key', '=', key)),
  clearAll: preparedQuery(['from', 'to'], (db, { from, to }) =>
    db.deleteFrom('attempts').where('key', '>=', from).where('key', '<', to),
  ),
}

export function attemptsIn(db: Kysely<Tables>): Store['attempts'] {
  return {
    async get(key) {
      const [row] = (await queries.get(db, { key })).rows
      if (!row) return null
      const { failures, locked_until: lockedUntil, forgotten_at: forgottenAt, revision } = row
      return { failures, lockedUntil, forgottenAt, revision }
    },
    async replace(key, seen, { failures, lockedUntil, forgottenAt, revision }) {
      const row = { key, failures, locked_until: lockedUntil, forgotten_at: forgottenAt }
      return seen
        ? changedRow(await queries.replace(db, { ...row, revision: seen.revision + 1, seen: seen.revision }))
        : changedRow(await queries.add(db, { ...row, revision }))
    },
    async clear(keys) {
      for (const key of keys) await queries.clear(db, { key })
    },
    async clearAll(prefix) {
      await queries.clearAll(db, { from: prefix, to: `${prefix}\u{10ffff}` })
    },
  }
}
