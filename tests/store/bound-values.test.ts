import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { preparedOn } from '#server/store/prepared-statements.ts'

// The driver takes an object in first place as named parameters, and a value that is missing as NULL, without an error.

const database = new DatabaseSync(':memory:')
database.exec('CREATE TABLE t (a, b)')
const prepared = preparedOn(database)
const insert = (...parameters: readonly unknown[]) => {
  const statement = { sql: 'insert into "t" ("a", "b") values (?, ?)', parameters, kind: 'write' } as const
  return prepared(statement).run(statement)
}

test('what is no text, whole number, bytes or null is not stored, and neither is a row with too few or too many', () => {
  for (const bad of [new Date(0), undefined, true, 0.5, {}, 10n])
    for (const row of [
      [bad, 'ada'],
      ['ada', bad],
    ])
      expect(() => insert(...row)).toThrow('cannot be stored')
  expect(() => insert('ada')).toThrow('1 values for 2')
  expect(() => insert('ada', 1, 2)).toThrow('3 values for 2')
  expect(insert('ada', null).changes).toBe(1)
  expect(database.prepare('SELECT * FROM t').all()).toEqual([{ a: 'ada', b: null }])
})
