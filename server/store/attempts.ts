import { type Kysely, type Selectable, sql } from 'kysely'
import { changedRow, preparedQuery } from './prepared.ts'
import { preparedList } from './prepared-list.ts'
import type { Attempts, Store } from './store.ts'
import type { Tables } from './tables.ts'

const keysIn = <Key>(list: readonly { readonly key: Key }[]) => list.map(({ key }) => key)
const listOf = (keys: readonly string[]) => keys.map((key) => ({ key }))

const counted = ['key', 'failures', 'locked_until', 'forgotten_at', 'revision'] as const
const queries = {
  get: preparedQuery(['key'], (db, { key }) => db.selectFrom('attempts').selectAll().where('key', '=', key)),
  getAll: preparedList([], ['key'], (db, _, list) =>
    db.selectFrom('attempts').selectAll().where('key', 'in', keysIn(list)),
  ),
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
  putAll: preparedList([], counted, (db, _, rows) =>
    db
      .insertInto('attempts')
      .values([...rows])
      .onConflict((c) =>
        c
          .column('key')
          .doUpdateSet(({ ref }) => ({
            failures: ref('excluded.failures'),
            locked_until: ref('excluded.locked_until'),
            forgotten_at: ref('excluded.forgotten_at'),
            revision: ref('excluded.revision'),
          }))
          .where('attempts.revision', '=', sql<number>`excluded.revision - 1`),
      ),
  ),
  giveBack: preparedList([], ['key', 'freeFailures', 'lockedUntil', 'forgets'], (db, _, list) =>
    db
      .updateTable('attempts')
      .set((row) => {
        const isForgotten = row.or(
          list.map(({ key, forgets }) => row.and([row('key', '=', key), sql<boolean>`${forgets} = 1`])),
        )
        const waits = row.or(
          list.map(({ key, freeFailures, lockedUntil, forgets }) =>
            row.and([
              row('key', '=', key),
              sql<boolean>`${forgets} = 0`,
              row('failures', '>', freeFailures),
              row('locked_until', '<>', lockedUntil),
            ]),
          ),
        )
        const zero = sql.lit(0)
        return {
          failures: row.case().when(isForgotten).then(zero).else(sql<number>`failures - 1`).end(),
          forgotten_at: row.case().when(isForgotten).then(zero).else(row.ref('forgotten_at')).end(),
          locked_until: row.case().when(waits).then(row.ref('locked_until')).else(zero).end(),
          revision: sql<number>`revision + 1`,
        }
      })
      .where('key', 'in', keysIn(list))
      .where('failures', '>', sql.lit(0)),
  ),
  clear: preparedList([], ['key'], (db, _, list) => db.deleteFrom('attempts').where('key', 'in', keysIn(list))),
  clearAll: preparedQuery(['from', 'to'], (db, { from, to }) =>
    db.deleteFrom('attempts').where('key', '>=', from).where('key', '<', to),
  ),
}

const countIn = (row: Selectable<Tables['attempts']>): Attempts => ({
  failures: row.failures,
  lockedUntil: row.locked_until,
  forgottenAt: row.forgotten_at,
  revision: row.revision,
})

export function attemptsIn(db: Kysely<Tables>): Store['attempts'] {
  return {
    async get(key) {
      const [row] = (await queries.get(db, { key })).rows
      return row ? countIn(row) : null
    },
    async getAll(keys) {
      if (keys.length === 0) return new Map()
      const { rows } = await queries.getAll(db, {}, listOf(keys))
      return new Map(rows.map((row) => [row.key, countIn(row)]))
    },
    async replace(key, seen, { failures, lockedUntil, forgottenAt, revision }) {
      const row = { key, failures, locked_until: lockedUntil, forgotten_at: forgottenAt }
      return seen
        ? changedRow(await queries.replace(db, { ...row, revision: seen.revision + 1, seen: seen.revision }))
        : changedRow(await queries.add(db, { ...row, revision }))
    },
    async putAll(counts) {
      if (counts.size === 0) return
      const rows = [...counts].map(([key, { failures, lockedUntil, forgottenAt, revision }]) => ({
        key,
        failures,
        locked_until: lockedUntil,
        forgotten_at: forgottenAt,
        revision,
      }))
      const { changes } = await queries.putAll(db, {}, rows)
      if (changes !== rows.length) throw new Error('A count was changed since it was read.')
    },
    async giveBack(charges) {
      const list = charges.map(({ forgets, ...charge }) => ({ ...charge, forgets: forgets ? 1 : 0 }))
      if (list.length > 0) await queries.giveBack(db, {}, list)
    },
    async clear(keys) {
      if (keys.length === 0) return
      await queries.clear(db, {}, listOf(keys))
    },
    async clearAll(prefix) {
      await queries.clearAll(db, { from: prefix, to: `${prefix}\u{10ffff}` })
    },
  }
}
