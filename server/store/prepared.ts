import type { Compilable, CompiledQuery, Kysely } from 'kysely'
import { runnerOf } from './kysely-dialect.ts'
import type { Ran, Statement } from './statement.ts'
import type { Tables } from './tables.ts'

/** A placeholder in a compiled query for a value of each run. */
class Hole {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

type Values<Name extends string> = Readonly<Record<Name, string | number | null>>
type Build<Name extends string, Row> = (db: Kysely<Tables>, holes: Readonly<Record<Name, never>>) => Compilable<Row>

/**
 * A statement that Kysely builds and compiles once for each database, and that runs on the driver itself with other
 * values each time: building a query takes longer than SQLite takes to answer it.
 */
export function compiledQuery<Name extends string, Row>(names: readonly Name[], build: Build<Name, Row>) {
  const compiled = new WeakMap<object, CompiledQuery<Row>>()
  // Typed as never, which fits a column of every type.
  const holes = Object.fromEntries(names.map((name) => [name, new Hole(name)])) as Record<Name, never>
  return (db: Kysely<Tables>, values: Values<Name>): Statement => {
    const { connection } = runnerOf(db)
    const known = compiled.get(connection) ?? build(db, holes).compile()
    compiled.set(connection, known)
    const { sql, query } = known
    const parameters = known.parameters.map((one) => (one instanceof Hole ? values[one.name as Name] : one))
    return { sql, parameters, kind: query.kind === 'SelectQueryNode' ? 'read' : 'write', again: true }
  }
}

/** A compiled query that is run at once. */
export function preparedQuery<Name extends string, Row>(names: readonly Name[], build: Build<Name, Row>) {
  const statement = compiledQuery(names, build)
  return (
    db: Kysely<Tables>,
    values: Values<Name>,
    options: Pick<Statement, 'forgettable' | 'writes'> = {},
  ): Promise<Ran<Row>> | Ran<Row> => runnerOf(db).run<Row>({ ...statement(db, values), ...options })
}

export const changedRow = ({ changes }: Pick<Ran<unknown>, 'changes'>): boolean => changes === 1
