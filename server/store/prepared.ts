import type { Compilable, CompiledQuery, Kysely } from 'kysely'
import type { Ran, Statement } from './connection.ts'
import { runnerOf } from './kysely-dialect.ts'
import type { Tables } from './tables.ts'

/** A placeholder in a compiled query for a value of each run. */
class Hole {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/**
 * A query that Kysely builds and compiles once for each database, and that runs on the driver itself with other values
 * each time: building a query takes longer than SQLite takes to answer it.
 */
export function preparedQuery<Name extends string, Row>(
  names: readonly Name[],
  build: (db: Kysely<Tables>, holes: Readonly<Record<Name, never>>) => Compilable<Row>,
) {
  const compiled = new WeakMap<object, CompiledQuery<Row>>()
  // Typed as never, which fits a column of every type.
  const holes = Object.fromEntries(names.map((name) => [name, new Hole(name)])) as Record<Name, never>
  return (
    db: Kysely<Tables>,
    values: Readonly<Record<Name, string | number | null>>,
    { forgettable = false }: Pick<Statement, 'forgettable'> = {},
  ): Promise<Ran<Row>> | Ran<Row> => {
    const { connection, run } = runnerOf(db)
    const known = compiled.get(connection) ?? build(db, holes).compile()
    compiled.set(connection, known)
    const { sql, query } = known
    const parameters = known.parameters.map((one) => (one instanceof Hole ? values[one.name as Name] : one))
    const kind = query.kind === 'SelectQueryNode' ? 'read' : 'write'
    return run<Row>({ sql, parameters, kind, forgettable, again: true })
  }
}

export const changedRow = ({ changes }: Pick<Ran<unknown>, 'changes'>): boolean => changes === 1
