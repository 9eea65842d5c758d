import type { DatabaseSync, StatementSync } from 'node:sqlite'
import {
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { StoreQuery } from './prepared.ts'
import { lockWaiter } from './store-locked.ts'

type Value = Parameters<StatementSync['all']>[1]
type Statement = { readonly prepared: StatementSync; readonly reads: boolean }

/**
 * node:sqlite for Kysely: one connection, which Kysely gives to one query or transaction at a time, and each commit as
 * durable as it has to be. Repeated statements stay prepared; each runs to its end at once, so that no statement is in
 * use twice (the fault of CVE-2026-58041).
 */
export const dialectFor = (database: DatabaseSync): Dialect => ({
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => driverOf(database),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
})

function driverOf(database: DatabaseSync): Driver {
  const statements = new Map<string, Statement>()
  const statementOf = ({ sql, again }: Pick<StoreQuery, 'sql' | 'again'>): Statement => {
    const known = statements.get(sql)
    if (known) return known
    const prepared = database.prepare(sql)
    const made = { prepared, reads: prepared.columns().length > 0 }
    if (again) statements.set(sql, made)
    return made
  }
  const durability = durabilityOf(database)
  const whenFree = lockWaiter()
  const connection: DatabaseConnection = {
    async executeQuery<Row>(query: StoreQuery): Promise<QueryResult<Row>> {
      return whenFree(() => {
        const { prepared, reads } = statementOf(query)
        durability.beforeStatement(query)
        const values = query.parameters as Value[]
        if (reads) return { rows: prepared.all(...values) as Row[] }
        const { changes } = prepared.run(...values)
        return { rows: [], numAffectedRows: BigInt(changes) }
      }, writes(query))
    },
    // biome-ignore lint/correctness/useYield: nothing here reads rows one by one
    async *streamQuery() {
      throw new Error('This store does not stream.')
    },
  }
  const run = async (sql: string) => void (await whenFree(() => statementOf({ sql, again: true }).prepared.run(), true))
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: async () => {
      durability.beforeTransaction()
      // The write lock is taken here or not at all: a transaction that has begun never meets a locked store.
      await run('begin immediate')
    },
    commitTransaction: () => run('commit'),
    rollbackTransaction: () => run('rollback'),
    releaseConnection: async () => {},
    destroy: async () => database.close(),
  }
}

const writes = ({ query }: StoreQuery) => query.kind !== 'SelectQueryNode'

/**
 * Sets `synchronous` before each commit that needs another value than the last: a setting of the connection, which
 * cannot change inside a transaction. FULL is the rule.
 */
function durabilityOf(database: DatabaseSync) {
  let full = true
  const set = (wanted: boolean) => {
    if (wanted === full || database.isTransaction) return
    database.exec(`PRAGMA synchronous=${wanted ? 'FULL' : 'NORMAL'}`)
    full = wanted
  }
  return {
    beforeTransaction: () => set(true),
    beforeStatement: (query: StoreQuery) => {
      if (writes(query)) set(!query.forgettable)
    },
  }
}
