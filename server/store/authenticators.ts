import { randomUUID } from 'node:crypto'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { Seal } from '../secrets/seal.ts'
import { changedRow, preparedQuery } from './prepared.ts'
import type { Authenticator, FailureCount, Store } from './store.ts'
import type { Tables } from './tables.ts'
import { describedBy, metadata, wholePersonIn } from './whole-person.ts'

const rowOf = (id: string, account: string) => ['authenticators', account, id]
const next = sql<number>`revision + 1`
const unfailed = { failures: 0, failures_after_proof: 0 }

/** The statements that count failures in one of the two columns. */
function countingIn(column: 'failures' | 'failures_after_proof') {
  const plus = (by: 1 | -1) => ({ [column]: sql<number>`${sql.ref(column)} + ${sql.lit(by)}` })
  return {
    chargeAll: preparedQuery(['account', 'factor', 'most'], (db, { account, factor, most }) =>
      db
        .updateTable('authenticators')
        .set(plus(1))
        .where('account', '=', account)
        .where('factor', '=', factor)
        .where(column, '<', most)
        .returningAll(),
    ),
    charge: preparedQuery(['account', 'factor', 'most', 'id'], (db, { account, factor, most, id }) =>
      db
        .updateTable('authenticators')
        .set(plus(1))
        .where('account', '=', account)
        .where('factor', '=', factor)
        .where(column, '<', most)
        .where('id', '=', id)
        .returningAll(),
    ),
    refund: preparedQuery(['id'], (db, { id }) =>
      db.updateTable('authenticators').set(plus(-1)).where('id', '=', id).where(column, '>', 0),
    ),
  }
}
const counting = {
  failures: countingIn('failures'),
  failuresAfterProof: countingIn('failures_after_proof'),
} as const satisfies Record<FailureCount, unknown>
const revised = ['id', 'account', 'revision', 'sealed'] as const
const queries = {
  list: preparedQuery(['account', 'factor'], (db, { account, factor }) =>
    db
      .selectFrom('authenticators')
      .selectAll()
      .where('account', '=', account)
      .where('factor', '=', factor)
      .orderBy('id'),
  ),
  find: preparedQuery(['factor', 'handle'], (db, { factor, handle }) =>
    db.selectFrom('authenticators').select(metadata).where('factor', '=', factor).where('handle', '=', handle),
  ),
  withHandles: preparedQuery(['factor', 'from', 'until'], (db, { factor, from, until }) =>
    db
      .selectFrom('authenticators')
      .select(metadata)
      .where('factor', '=', factor)
      .where('handle', '>=', from)
      .where('handle', '<', until)
      .orderBy('handle'),
  ),
  rename: preparedQuery([...revised, 'handle'], (db, { id, account, revision, sealed, handle }) =>
    db
      .updateTable('authenticators')
      .set({ sealed, handle, revision: next })
      .where('id', '=', id)
      .where('account', '=', account)
      .where('revision', '=', revision),
  ),
  update: preparedQuery(revised, (db, { id, account, revision, sealed }) =>
    db
      .updateTable('authenticators')
      .set({ sealed, revision: next })
      .where('id', '=', id)
      .where('account', '=', account)
      .where('revision', '=', revision),
  ),
  rebind: preparedQuery([...revised, 'anew', 'at'], (db, { id, account, revision, sealed, anew, at }) =>
    db
      .updateTable('authenticators')
      .set({ id: anew, sealed, revision: next, ...unfailed, last_used_at: null, bound_at: at })
      .where('id', '=', id)
      .where('account', '=', account)
      .where('revision', '=', revision),
  ),
  forgive: preparedQuery(['account'], (db, { account }) =>
    db.updateTable('authenticators').set(unfailed).where('account', '=', account),
  ),
  forgiveFactor: preparedQuery(['account', 'factor'], (db, { account, factor }) =>
    db.updateTable('authenticators').set(unfailed).where('account', '=', account).where('factor', '=', factor),
  ),
  used: preparedQuery(['id', 'revision', 'at'], (db, { id, revision, at }) =>
    db
      .updateTable('authenticators')
      .set({ ...unfailed, last_used_at: at })
      .where('id', '=', id)
      .where('revision', '=', revision),
  ),
}

export function authenticatorsIn(db: Kysely<Tables>, seal: Seal): Store['authenticators'] {
  const wholePerson = wholePersonIn(db)
  const opened = ({ sealed, ...row }: Selectable<Tables['authenticators']>): Authenticator => ({
    ...describedBy(row),
    credential: seal.open(sealed, rowOf(row.id, row.account)),
  })
  return {
    async list(account, factor) {
      return (await queries.list(db, { account, factor })).rows.map(opened)
    },
    async listAll(account) {
      return (await wholePerson(account))?.authenticators ?? []
    },
    async find(factor, handle) {
      const [row] = (await queries.find(db, { factor, handle })).rows
      return row ? describedBy(row) : null
    },
    async withHandles(factor, prefix) {
      // U+FFFF is a noncharacter and sorts in UTF-8 after the whole basic plane.
      const range = { from: prefix, until: `${prefix}\uffff` }
      return (await queries.withHandles(db, { factor, ...range })).rows.map(describedBy)
    },
    async add({ credential, handle = null, ...one }, at) {
      const sealed = seal.close(credential, rowOf(one.id, one.account))
      const row = { ...one, handle, sealed, revision: 0, bound_at: at }
      const added = db
        .insertInto('authenticators')
        .values(row)
        .onConflict((c) => c.doNothing())
      return (await added.executeTakeFirst()).numInsertedOrUpdatedRows === 1n
    },
    async remove({ id, account }) {
      const gone = db.deleteFrom('authenticators').where('id', '=', id).where('account', '=', account)
      return (await gone.executeTakeFirst()).numDeletedRows === 1n
    },
    async update({ id, account, credential, revision }) {
      return changedRow(
        await queries.update(db, { id, account, revision, sealed: seal.close(credential, rowOf(id, account)) }),
      )
    },
    async rename({ id, account, credential, revision }, handle) {
      const sealed = seal.close(credential, rowOf(id, account))
      return changedRow(await queries.rename(db, { id, account, revision, sealed, handle }))
    },
    async rebind({ id, account, credential, revision }, at) {
      const anew = randomUUID()
      const sealed = seal.close(credential, rowOf(anew, account))
      return changedRow(await queries.rebind(db, { id, account, revision, sealed, anew, at })) ? anew : null
    },
    async charge(account, factor, ids, fewerThan, count) {
      const whose = { account, factor, most: fewerThan }
      const { charge, chargeAll } = counting[count]
      const rows = ids ? [] : [...(await chargeAll(db, whose)).rows]
      for (const id of new Set(ids)) rows.push(...(await charge(db, { ...whose, id })).rows)
      return rows.sort((a, b) => (a.id < b.id ? -1 : 1)).map(opened)
    },
    async refund(ids, count) {
      for (const id of new Set(ids)) await counting[count].refund(db, { id })
    },
    async forgive(account, factor) {
      if (factor === null) await queries.forgive(db, { account })
      else await queries.forgiveFactor(db, { account, factor })
    },
    async used({ id, revision }, at) {
      return changedRow(await queries.used(db, { id, revision, at }))
    },
  }
}
