import { type Kysely, sql } from 'kysely'
import type { BuiltFactor } from '#shared/factors/index.ts'
import type { Tables } from './migrations.ts'
import type { Seal } from './seal.ts'
import type { Person, Store } from './store.ts'

const personOf = (row: Tables['people']): Person => ({ ...row, groups: JSON.parse(row.groups) })

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
      const row = { ...person, groups: JSON.stringify(person.groups) }
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

export function authenticatorsIn(db: Kysely<Tables>, seal: Seal): Store['authenticators'] {
  return {
    async list(account, factor) {
      const rows = await db
        .selectFrom('authenticators')
        .selectAll()
        .where('account', '=', account)
        .where('factor', '=', factor)
        .orderBy('id')
        .execute()
      return rows.map(({ sealed, ...row }) => ({
        ...row,
        factor: row.factor as BuiltFactor,
        kept: seal.open(sealed, rowOf(row.id, row.account)),
        lastUsedAt: null,
      }))
    },
    async listAll(account) {
      const rows = await db
        .selectFrom('authenticators')
        .select(['id', 'account', 'factor', 'label', 'revision'])
        .where('account', '=', account)
        .orderBy('id')
        .execute()
      return rows.map((row) => ({ ...row, factor: row.factor as BuiltFactor, lastUsedAt: null }))
    },
    async add({ kept, ...one }) {
      const sealed = seal.close(kept, rowOf(one.id, one.account))
      await db
        .insertInto('authenticators')
        .values({ ...one, sealed, revision: 0 })
        .execute()
    },
    async update({ id, account, kept, revision }) {
      const done = await db
        .updateTable('authenticators')
        .set({ sealed: seal.close(kept, rowOf(id, account)), revision: sql<number>`revision + 1` })
        .where('id', '=', id)
        .where('account', '=', account)
        .where('revision', '=', revision)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
  }
}
