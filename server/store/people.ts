import { randomUUID } from 'node:crypto'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { BuiltFactor } from '#shared/factors/index.ts'
import type { Tables } from './migrations.ts'
import type { Seal } from './seal.ts'
import type { Authenticator, Person, Replacement, Store } from './store.ts'

const personOf = ({ groups, attributes, disabled, ...row }: Tables['people']): Person => ({
  ...row,
  groups: JSON.parse(groups),
  attributes: JSON.parse(attributes),
  disabled: disabled === 1,
})

export function peopleIn(db: Kysely<Tables>): Store['people'] {
  return {
    async named(canonical) {
      const row = await db
        .selectFrom('person_names')
        .innerJoin('people', 'people.id', 'person_names.person')
        .selectAll('people')
        .where('person_names.name', '=', canonical)
        .executeTakeFirst()
      return row ? personOf(row) : null
    },
    async get(id) {
      const row = await db.selectFrom('people').selectAll().where('id', '=', id).executeTakeFirst()
      return row ? personOf(row) : null
    },
    async put(person, names) {
      const { groups, attributes = {}, disabled = false, ...others } = person
      const row = {
        ...others,
        groups: JSON.stringify(groups),
        attributes: JSON.stringify(attributes),
        disabled: disabled ? 1 : 0,
      }
      const { id: _, ...rest } = row
      await db
        .insertInto('people')
        .values(row)
        .onConflict((c) => c.column('id').doUpdateSet(rest))
        .execute()
      await db.deleteFrom('person_names').where('person', '=', person.id).execute()
      await db
        .insertInto('person_names')
        .values([...new Set(names)].map((name) => ({ name, person: person.id })))
        .execute()
    },
  }
}

const rowOf = (id: string, account: string) => ['authenticators', account, id]
const metadata = ['id', 'account', 'factor', 'label', 'handle', 'revision', 'failures', 'last_used_at'] as const

function describedBy(row: Pick<Selectable<Tables['authenticators']>, (typeof metadata)[number]>) {
  const { factor, last_used_at: lastUsedAt, ...rest } = row
  return { ...rest, factor: factor as BuiltFactor, lastUsedAt }
}

export function authenticatorsIn(db: Kysely<Tables>, seal: Seal): Store['authenticators'] {
  const opened = ({ sealed, ...row }: Selectable<Tables['authenticators']>): Authenticator => ({
    ...describedBy(row),
    kept: seal.open(sealed, rowOf(row.id, row.account)),
  })
  const replace = async ({ id, account, kept, revision }: Replacement, as: { readonly id: string }) => {
    const done = await db
      .updateTable('authenticators')
      .set({ ...as, sealed: seal.close(kept, rowOf(as.id, account)), revision: sql<number>`revision + 1` })
      .where('id', '=', id)
      .where('account', '=', account)
      .where('revision', '=', revision)
      .executeTakeFirst()
    return done.numUpdatedRows === 1n
  }
  return {
    async list(account, factor) {
      const rows = await db
        .selectFrom('authenticators')
        .selectAll()
        .where('account', '=', account)
        .where('factor', '=', factor)
        .orderBy('id')
        .execute()
      return rows.map(opened)
    },
    async listAll(account) {
      const all = db.selectFrom('authenticators').select(metadata).where('account', '=', account)
      return (await all.orderBy('id').execute()).map(describedBy)
    },
    async find(factor, handle) {
      const one = db.selectFrom('authenticators').select(metadata).where('factor', '=', factor)
      const row = await one.where('handle', '=', handle).executeTakeFirst()
      return row ? describedBy(row) : null
    },
    async add({ kept, handle = null, ...one }) {
      const sealed = seal.close(kept, rowOf(one.id, one.account))
      const row = { ...one, handle, sealed, revision: 0 }
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
    update: (one) => replace(one, { id: one.id }),
    async rebind(one) {
      const anew = { id: randomUUID(), failures: 0, last_used_at: null }
      return (await replace(one, anew)) ? anew.id : null
    },
    async charge(account, factor, ids, fewerThan) {
      if (ids?.length === 0) return []
      const all = db
        .updateTable('authenticators')
        .set({ failures: sql<number>`failures + 1` })
        .where('account', '=', account)
        .where('factor', '=', factor)
        .where('failures', '<', fewerThan)
      const rows = await (ids ? all.where('id', 'in', ids) : all).returningAll().execute()
      return rows.sort((a, b) => (a.id < b.id ? -1 : 1)).map(opened)
    },
    async refund(ids) {
      if (ids.length === 0) return
      const charged = db.updateTable('authenticators').set({ failures: sql<number>`failures - 1` })
      await charged.where('id', 'in', ids).where('failures', '>', 0).execute()
    },
    async used({ id, revision }, at) {
      const one = db.updateTable('authenticators').set({ failures: 0, last_used_at: at })
      const done = await one.where('id', '=', id).where('revision', '=', revision).executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
  }
}
