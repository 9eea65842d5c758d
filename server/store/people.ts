import type { Kysely } from 'kysely'
import { preparedQuery } from './prepared.ts'
import type { Store } from './store.ts'
import type { Tables } from './tables.ts'
import { personIn, wholePersonIn } from './whole-person.ts'

const queries = {
  named: preparedQuery(['name'], (db, { name }) =>
    db
      .selectFrom('people')
      .selectAll()
      .where('id', '=', (of) => of.selectFrom('person_names').select('person').where('name', '=', name)),
  ),
  namesOf: preparedQuery(['id'], (db, { id }) => db.selectFrom('person_names').select('name').where('person', '=', id)),
}

export function peopleIn(db: Kysely<Tables>): Store['people'] {
  const wholePerson = wholePersonIn(db)
  return {
    async byName(canonical) {
      const [row] = (await queries.named(db, { name: canonical })).rows
      return row ? personIn(row) : null
    },
    async get(id) {
      return (await wholePerson(id))?.person ?? null
    },
    async put(person, names) {
      const { groups, attributes = {}, disabled = false, notBefore: _unchanged, ...others } = person
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
    async endBefore(id, at) {
      const later = db.updateTable('people').set({ not_before: at }).where('id', '=', id)
      await later.where((c) => c.or([c('not_before', 'is', null), c('not_before', '<', at)])).execute()
    },
    async setNotBefore(id, at) {
      await db.updateTable('people').set({ not_before: at }).where('id', '=', id).execute()
    },
    async namesOf(id) {
      return (await queries.namesOf(db, { id })).rows.map(({ name }) => name)
    },
  }
}
