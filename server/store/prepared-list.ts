import type { Compilable, Kysely } from 'kysely'
import { runnerOf } from './kysely-dialect.ts'
import { compiledQuery } from './prepared.ts'
import type { Ran, Statement } from './statement.ts'
import type { Tables } from './tables.ts'

type Values<Name extends string> = Readonly<Record<Name, string | number | null>>
type Holes<Name extends string> = Readonly<Record<Name, never>>

/**
 * A statement with a list among its values, such as `key in (?, ?)`: one for each length that is used, since SQL
 * has a placeholder for each value. The list is never empty: SQL has no empty list.
 */
export function compiledList<Name extends string, Member extends string, Row>(
  names: readonly Name[],
  members: readonly Member[],
  build: (db: Kysely<Tables>, holes: Holes<Name>, list: readonly Holes<Member>[]) => Compilable<Row>,
) {
  const prepare = (length: number) => {
    /** The names of the values of each member of the list. */
    const named = Array.from({ length }, (_, at) => members.map((name) => [name, `${name} ${at}`] as const))
    const all = [...names, ...named.flat().map(([, numbered]) => numbered)]
    const query = compiledQuery<string, Row>(all, (db, holes) => {
      const list = named.map((one) => one.map(([name, numbered]) => [name, holes[numbered]]))
      return build(
        db,
        holes as Holes<Name>,
        list.map((one) => Object.fromEntries(one) as Holes<Member>),
      )
    })
    return { query, named }
  }
  const ofLength = new Map<number, ReturnType<typeof prepare>>()
  return (db: Kysely<Tables>, values: Values<Name>, list: readonly Values<Member>[]): Statement => {
    const prepared = ofLength.get(list.length) ?? prepare(list.length)
    ofLength.set(list.length, prepared)
    const all: Record<string, string | number | null> = { ...values }
    list.forEach((one, at) => {
      for (const [name, numbered] of prepared.named[at] ?? []) all[numbered] = one[name]
    })
    return prepared.query(db, all)
  }
}

/** A compiled list that is run at once. */
export function preparedList<Name extends string, Member extends string, Row>(
  names: readonly Name[],
  members: readonly Member[],
  build: (db: Kysely<Tables>, holes: Holes<Name>, list: readonly Holes<Member>[]) => Compilable<Row>,
) {
  const statement = compiledList(names, members, build)
  return (
    db: Kysely<Tables>,
    values: Values<Name>,
    list: readonly Values<Member>[],
    options: Pick<Statement, 'forgettable' | 'writes'> = {},
  ): Promise<Ran<Row>> | Ran<Row> => runnerOf(db).run<Row>({ ...statement(db, values, list), ...options })
}
