// Counts the statements and commits of every node:sqlite database in the process, whatever code runs them.
import { DatabaseSync, StatementSync } from 'node:sqlite'

export const counts = { statements: 0, pragmas: 0, commits: 0, durableCommits: 0 }

const isPragma = (sql: string) => /^\s*pragma\b/i.test(sql)
const endsUndone = (sql: string) => /^\s*rollback\s*;?\s*$/i.test(sql)
const fullSync = 2

const { prepare } = DatabaseSync.prototype
const { get } = StatementSync.prototype
const databaseOf = new WeakMap<StatementSync, DatabaseSync>()
/** The rows that a connection had changed when its last transaction ended. */
const settled = new WeakMap<DatabaseSync, number>()

const numberIn = (database: DatabaseSync, sql: string) =>
  Number(Object.values(get.call(prepare.call(database, sql), {}) ?? {})[0])

/** Counts what ran; a transaction that is over by then has ended with the last of it. */
function counted(database: DatabaseSync, ran: readonly string[]): void {
  const pragmas = ran.filter(isPragma).length
  counts.pragmas += pragmas
  counts.statements += ran.length - pragmas
  if (pragmas === ran.length || database.isTransaction) return
  const changes = numberIn(database, 'select total_changes()')
  if (changes !== (settled.get(database) ?? 0) && !endsUndone(ran.at(-1) ?? '')) {
    counts.commits++
    if (numberIn(database, 'pragma synchronous') >= fullSync) counts.durableCommits++
  }
  settled.set(database, changes)
}

/** Wraps a method so that `after` sees each call when it has ended. */
function watched<Of extends object>(of: Of, name: keyof Of, after: (self: never, args: never, result: never) => void) {
  const method = of[name] as (...args: unknown[]) => unknown
  of[name] = function (this: unknown, ...args: unknown[]) {
    const result = method.apply(this, args)
    after(this as never, args as never, result as never)
    return result
  } as Of[keyof Of]
}

/** Counts from now on, the statements that were prepared before aside. Call before the program opens its database. */
export function countStatements(): void {
  watched(DatabaseSync.prototype, 'prepare', (self: DatabaseSync, _: never, statement: StatementSync) =>
    databaseOf.set(statement, self),
  )
  watched(DatabaseSync.prototype, 'exec', (self: DatabaseSync, [sql]: [string]) =>
    counted(
      self,
      sql.split(';').filter((one) => one.trim() !== ''),
    ),
  )
  watched(DatabaseSync.prototype, 'createTagStore', () => {
    throw new Error('The bench does not count the statements of a tag store.')
  })
  for (const name of ['run', 'get', 'all', 'iterate'] as const)
    watched(StatementSync.prototype, name, (self: StatementSync) => {
      const database = databaseOf.get(self)
      if (database) counted(database, [self.sourceSQL])
    })
}
