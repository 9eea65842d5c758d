import type { Kysely } from 'kysely'
import { compiledQuery } from './prepared.ts'
import type { Queue, Row, Statement } from './statement.ts'
import type { Tables } from './tables.ts'

export const everyColumn = ['kind', 'id', 'value', 'expires_at', 'uid', 'grant_id', 'account'] as const
type Column = (typeof everyColumn)[number]

/** The most rows in one statement: more are put by a second one. */
const most = 4

/** Adds rows, or replaces those that are there. */
const putting = Array.from({ length: most }, (_, at) => {
  const rows = Array.from({ length: at + 1 }, (_, row) => everyColumn.map((column) => `${column} ${row}` as const))
  return compiledQuery(rows.flat(), (db, holes) =>
    db
      .insertInto('documents')
      .values(
        rows.map((_, row) => ({
          ...(Object.fromEntries(everyColumn.map((column) => [column, holes[`${column} ${row}`]])) as Record<
            Column,
            never
          >),
          revision: 0,
        })),
      )
      .onConflict((c) =>
        c.columns(['kind', 'id']).doUpdateSet(({ ref, eb }) => ({
          value: ref('excluded.value'),
          expires_at: ref('excluded.expires_at'),
          uid: ref('excluded.uid'),
          grant_id: ref('excluded.grant_id'),
          account: ref('excluded.account'),
          revision: eb('documents.revision', '+', 1),
        })),
      ),
  )
})

/** Documents that are put, which answers nothing: those of one request are one statement. */
export function queuedPuts(db: Kysely<Tables>): Queue {
  let rows: Row[] = []
  const statementFor = (some: readonly Row[]): Statement => {
    const values = Object.fromEntries(
      some.flatMap((row, at) => everyColumn.map((one) => [`${one} ${at}`, row[one] ?? null])),
    )
    const put = putting[some.length - 1]
    if (!put) throw new Error('Too many documents for one statement.')
    return put(db, values)
  }
  return {
    table: '"documents"',
    add: (row) => void rows.push(row),
    take() {
      // A document that is put twice has the last value: the same row cannot be in one statement twice.
      const taken = [...new Map(rows.map((row) => [`${row.kind} ${row.id}`, row])).values()]
      rows = []
      const statements: Statement[] = []
      for (let at = 0; at < taken.length; at += most) statements.push(statementFor(taken.slice(at, at + most)))
      return statements
    },
    drop(): void {
      rows = []
    },
  }
}
