import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { boundValuesOf, type Ran, type Row, type Statement } from './statement.ts'

export interface Prepared {
  readonly run: <Row>(statement: Statement) => Ran<Row>
  /** The table that it writes; null for all others. */
  readonly writes: string | null
  /** Whether a change that it reports is one: an update may write what is there already, and then nothing is synced. */
  readonly surelyChanges: boolean
}

/** The statements of a connection, each prepared once where its SQL comes again. */
export function preparedOn(database: DatabaseSync): (statement: Statement) => Prepared {
  const kept = new Map<string, Prepared>()
  return ({ sql, again }) => {
    const known = kept.get(sql)
    if (known) return known
    const made = {
      run: runOf(database.prepare(sql), sql.split('?').length - 1),
      writes: /^(?:insert into|update|delete from) "(\w+)"/.exec(sql)?.[1] ?? null,
      surelyChanges: /^(?:insert|delete)/.test(sql) && (!sql.includes('do update') || sql.includes('"revision" + ')),
    }
    if (again) kept.set(sql, made)
    return made
  }
}

function runOf(statement: StatementSync, takes: number) {
  const reads = statement.columns().length > 0
  return <Wanted>(given: Statement): Ran<Wanted> => {
    const values = boundValuesOf(given)
    // SQLite would bind NULL to the others.
    if (values.length !== takes)
      throw new TypeError(`${values.length} values for ${takes} (${given.sql.slice(0, 60)}).`)
    if (!reads) return { rows: [], changes: Number(statement.run(...values).changes) }
    const rows = statement.all(...values) as Row[] as Wanted[]
    return { rows, changes: rows.length }
  }
}
