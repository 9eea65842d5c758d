import type { Compilable, Kysely, QueryResult } from 'kysely'
import { preparedQuery } from './prepared.ts'
import type { Tables } from './tables.ts'

type Values<Name extends string> = Readonly<Record<Name, string | number | null>>
type Holes<Name extends string> = Readonly<Record<Name, never>>

/**
 * A prepared query with a list among its values, such as `key in (?, ?)`: one for each length that is used, since SQL
 * has a placeholder for each value. The list is never empty: SQL has no empty list.
 */
export function preparedList<Name extends string, Member extends string, Row>(
  names: readonly Name[],
  members: readonly Member[],
  build: (db: Kysely<Tables>, holes: Holes<Name>, list: readonly Holes<Member>[]) => Compilable<Row>,
) {
  const nameAt = (name: Member, at: number): string => `${name} ${at}`
  const prepare = (length: number) => {
    const places = Array.from({ length }, (_, at) => at)
    const numbered = places.flatMap((at) => members.map((name) => nameAt(name, at)))
    return preparedQuery<string, Row>([...names, ...numbered], (db, holes) => {
      const listed = places.map((at) => members.map((name) => [name, holes[nameAt(name, at)]]))
      return build(
        db,
        holes as Holes<Name>,
        listed.map((one) => Object.fromEntries(one) as Holes<Member>),
      )
    })
  }
  const ofLength = new Map<number, ReturnType<typeof prepare>>()
  return (db: Kysely<Tables>, values: Values<Name>, list: readonly Values<Member>[]): Promise<QueryResult<Row>> => {
    const query = ofLength.get(list.length) ?? prepare(list.length)
    ofLength.set(list.length, query)
    const numbered = list.flatMap((one, at) => members.map((name) => [nameAt(name, at), one[name]]))
    return query(db, { ...values, ...Object.fromEntries(numbered) })
  }
}
