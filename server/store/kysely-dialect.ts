import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { Connection } from './connection.ts'
import type { Ran, Statement } from './statement.ts'
import type { Tables } from './tables.ts'
import type { CachedTable, TurnCache } from './turn-cache.ts'

/** How statements are run: each by itself, or in the transaction under way. */
export interface QueryRunner {
  readonly connection: Connection
  /** What is read outside of a transaction is read once in a turn of the event loop; a transaction reads all anew. */
  once<T>(tables: readonly CachedTable[], key: string, load: () => Promise<T>): Promise<T>
  run<Row>(statement: Statement): Promise<Ran<Row>> | Ran<Row>
  readonly enqueue: Connection['enqueue']
  /** Remembers for this turn what several readings at once found; what a transaction reads is its own. */
  readonly keep: TurnCache['keep']
}

const runners = new WeakMap<object, QueryRunner>()

/** The runner of a database that {@link kyselyOn} made. */
export function runnerOf(db: Kysely<Tables>): QueryRunner {
  const runner = runners.get(db)
  if (!runner) throw new Error('Prepared queries run on the store’s own database.')
  return runner
}

/** Kysely for queries that are made once, and for migrations; `inside`: for those of the transaction under way. */
export function kyselyOn(connection: Connection, inside = false): Kysely<Tables> {
  const runner: QueryRunner = inside
    ? {
        connection,
        run: connection.runInside,
        enqueue: connection.enqueueInside,
        keep: () => {},
        once: (_, __, load) => load(),
      }
    : {
        connection,
        run: connection.run,
        enqueue: connection.enqueue,
        keep: connection.cache.keep,
        once: connection.once,
      }
  const db = new Kysely<Tables>({ dialect: dialectOf(runner) })
  runners.set(db, runner)
  return db
}

type Held = DatabaseConnection & { transaction: Awaited<ReturnType<Connection['begin']>> | null }

const dialectOf = (runner: QueryRunner): Dialect => ({
  createAdapter: () => new SqliteAdapter(),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
  createDriver: () => ({
    init: async () => {},
    acquireConnection: async () => connectionOf(runner),
    async beginTransaction(held) {
      ;(held as Held).transaction = await runner.connection.begin(true)
    },
    commitTransaction: (held) => ended(held as Held, true),
    rollbackTransaction: (held) => ended(held as Held, false),
    releaseConnection: async () => {},
    destroy: async () => runner.connection.close(),
  }),
})

async function ended(held: Held, keeps: boolean) {
  const { transaction } = held
  held.transaction = null
  transaction?.end(keeps)
  if (keeps) await transaction?.group.done
}

const connectionOf = (runner: QueryRunner): Held => ({
  transaction: null,
  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const run = this.transaction ? runner.connection.runInside : runner.run
    const { rows, changes } = await run<Row>({ ...query, kind: kindOf(query) })
    return { rows, numAffectedRows: BigInt(changes) }
  },
  // biome-ignore lint/correctness/useYield: nothing here reads rows one by one
  async *streamQuery() {
    throw new Error('This store does not stream.')
  },
})

const writing: ReadonlySet<string> = new Set(['InsertQueryNode', 'UpdateQueryNode', 'DeleteQueryNode'])

function kindOf({ query }: CompiledQuery): Statement['kind'] {
  if (query.kind === 'SelectQueryNode') return 'read'
  return writing.has(query.kind) ? 'write' : 'alone'
}
