import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { groupCommitOn, type OpenGroup } from './group-commit.ts'
import {
  boundValuesOf,
  type Enqueued,
  probe,
  type Queue,
  type Ran,
  type Row,
  type Statement,
  type TransactionOptions,
} from './statement.ts'
import { isLocked, lockWaiter } from './store-locked.ts'
import { turnCache } from './turn-cache.ts'
import { asUnit, type UnitOfWork, unitUnderWay } from './unit-of-work.ts'

interface Prepared {
  readonly statement: StatementSync
  readonly reads: boolean
  /** The table that it writes; null for all others. */
  readonly writes: string | null
}

export type Connection = ReturnType<typeof connectionTo>

/**
 * One connection of node:sqlite. Writes of one turn of the event loop are committed together; within a unit of work
 * they are waited for at its end, elsewhere each at once. Each statement runs to its end at once, so that none is in use
 * twice (the fault of CVE-2026-58041), and no reader is left open.
 */
export function connectionTo(database: DatabaseSync) {
  const prepared = new Map<string, Prepared>()
  let queue: Queue | null = null
  const group = groupCommitOn(database, { flush, drop: () => queue?.drop() })
  const lock = lockWaiter()
  const cache = turnCache()
  let transaction: Promise<void> | null = null

  function preparedOf({ sql, again }: Statement): Prepared {
    const known = prepared.get(sql)
    if (known) return known
    const statement = database.prepare(sql)
    const writes = /^(?:insert into|update|delete from) "(\w+)"/.exec(sql)?.[1] ?? null
    const made = { statement, writes, reads: statement.columns().length > 0 }
    if (again) prepared.set(sql, made)
    return made
  }

  function execute<Row>(statement: Statement): Ran<Row> {
    const one = preparedOf(statement)
    if (queue && statement.sql.includes(queue.table)) flush()
    const values = boundValuesOf(statement)
    try {
      if (one.reads) {
        const rows = one.statement.all(...values) as Row[]
        return { rows, changes: rows.length }
      }
      return { rows: [], changes: Number(one.statement.run(...values).changes) }
    } catch (error) {
      group.check(error)
      throw error
    } finally {
      if (one.writes) cache.forget(statement.writes ?? one.writes)
      else if (statement.kind !== 'read') cache.forgetAll()
    }
  }

  /** Runs what is queued, before others read or write its table and before a commit. */
  function flush() {
    for (const statement of queue?.take() ?? []) execute(statement)
  }

  const owesSync = (unit: UnitOfWork | null) => unit !== null && !group.isSynced(unit.owesSyncOf)

  /** Runs a statement outside of transactions; resolves when it is committed, or in a unit of work when it ran. */
  function runNow<Row>(statement: Statement): Promise<Ran<Row>> | Ran<Row> {
    const unit = unitUnderWay()
    if (statement.kind === 'read') {
      const open = group.open
      // What was read may be undone until it is committed.
      if (open && !unit) return open.done.catch(() => {}).then(() => run(statement))
      if (open) unit?.groups.add(open)
      return execute(statement)
    }
    if (statement.kind === 'alone') {
      group.commit()
      group.setSynced(true)
      return execute(statement)
    }
    const joined = group.join(!statement.forgettable || owesSync(unit))
    const ran = execute<Row>(statement)
    lock.free()
    if (!unit) return joined.done.then(() => ran)
    unit.groups.add(joined)
    return ran
  }

  async function enqueueInside(row: Row, { writes }: Omit<Enqueued, 'forgettable'>) {
    if (!queue) throw new Error('Nobody carries out what is queued.')
    queue.add(row)
    cache.forget(writes)
  }

  /** Joins a write to the group that is carried out later within it: see {@link Queue}. */
  async function enqueue(row: Row, { forgettable, writes }: Enqueued) {
    await whenFree(() => {
      const unit = unitUnderWay()
      const joined = group.join(!forgettable || owesSync(unit))
      enqueueInside(row, { writes })
      lock.free()
      unit?.groups.add(joined)
      return unit ? undefined : joined.done
    })
  }

  async function run<Row>(statement: Statement): Promise<Ran<Row>> {
    return whenFree(() => runNow<Row>(statement))
  }

  /** Does something between transactions, and again while another process holds the lock. */
  async function whenFree<T>(work: () => T): Promise<Awaited<T>> {
    for (let times = 0; ; times++) {
      while (transaction) await transaction
      try {
        return await work()
      } catch (error) {
        if (!isLocked(error)) throw error
        await lock.wait(times)
      }
    }
  }

  /** Begins a transaction that nobody else's statements come between. */
  async function begin(
    synced: boolean,
  ): Promise<{ readonly group: OpenGroup; readonly end: (keeps: boolean) => void }> {
    const held = await whenFree(() => {
      const ended = Promise.withResolvers<void>()
      const joined = group.hold(synced)
      lock.free()
      transaction = ended.promise
      return { joined, ended }
    })
    const { joined, ended } = held
    return {
      group: joined,
      end(keeps) {
        transaction = null
        if (!keeps) cache.forgetAll()
        try {
          group.letGo(keeps)
        } finally {
          ended.resolve()
        }
      },
    }
  }

  async function settle(unit: UnitOfWork) {
    if (owesSync(unit)) await run(probe)
    for (const one of unit.groups) await one.done
  }

  return {
    cache,
    run,
    enqueue,
    /** Queues a row for the transaction under way. */
    enqueueInside,
    /** The connection's only queue, made by whoever asks first. */
    attachQueue(make: () => Queue): void {
      queue ??= make()
    },
    /** Runs a statement of the transaction under way. */
    runInside: <Row>(statement: Statement): Ran<Row> => execute(statement),
    begin,
    unit: <T>(work: () => Promise<T>): Promise<T> => asUnit(work, settle),
    /** Resolves when all is committed that this unit of work wrote and saw; rejects when some of it is lost. */
    async committed(): Promise<void> {
      for (const one of unitUnderWay()?.groups ?? []) await one.done
    },
    /** All or nothing. Committed at return, and synced, unless the options say otherwise. */
    async transaction<T>(work: () => Promise<T>, options: TransactionOptions = {}): Promise<T> {
      const unit = unitUnderWay()
      const { group: joined, end } = await begin(!(options.syncedWithAnswer && unit) || owesSync(unit))
      let keeps = false
      try {
        const done = await work()
        keeps = true
        return done
      } finally {
        end(keeps)
        unit?.groups.add(joined)
        if (keeps && options.syncedWithAnswer && unit) unit.owesSyncOf = joined.number
        if (keeps && !(options.committedWithAnswer && unit)) await joined.done
      }
    },
    close(): void {
      group.commit()
      database.close()
    },
  }
}
