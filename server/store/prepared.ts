import type { Compilable, CompiledQuery, Kysely, QueryResult } from 'kysely'
import type { Tables } from './tables.ts'

/** A placeholder in a compiled query for a value of each run. */
class Hole {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

interface Run {
  /** Whether a power loss may undo the commit (the end of the process never does); durable otherwise. */
  readonly forgettable?: boolean
}
/** A query for the store; `again`: the same SQL will run again with other values, and so stays prepared. */
export type StoreQuery = CompiledQuery & Run & { readonly again?: boolean }

/**
 * A query that is built and compiled once for each database, and run with other values each time: building and
 * compiling a query takes longer than SQLite takes to answer it.
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
    { forgettable = false }: Run = {},
  ): Promise<QueryResult<Row>> => {
    // A transaction is another Kysely on the same database.
    const database = db.getExecutor().adapter
    const known = compiled.get(database) ?? build(db, holes).compile()
    compiled.set(database, known)
    const parameters = known.parameters.map((one) => (one instanceof Hole ? values[one.name as Name] : one))
    const query: StoreQuery = { ...known, parameters, forgettable, again: true }
    return db.executeQuery(query as CompiledQuery<Row>)
  }
}

export const changedRow = ({ numAffectedRows }: QueryResult<unknown>): boolean => numAffectedRows === 1n
