import { AsyncLocalStorage } from 'node:async_hooks'
import type { DatabaseSync } from 'node:sqlite'
import { type Group, groupCommitOn, type OpenGroup, WritesLost } from './group-commit.ts'
import { preparedOn } from './prepared-statements.ts'
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
import { type CachedTable, turnCache } from './turn-cache.ts'
import { apartFromUnits, asUnit, type UnitOfWork, unitUnderWay } from './unit-of-work.ts'

export type Connection = ReturnType<typeof connectionTo>

/**
 * One connection of node:sqlite. Writes of one turn of the event loop are committed together; within a unit of work
 * they are waited for at its end, elsewhere each at once. Each statement runs to its end at once, so that none is in use
 * twice (the fault of CVE-2026-58041), and no reader is left open.
 */
export function connectionTo(database: DatabaseSync) {
  const preparedOf = preparedOn(database)
  let queue: Queue | null = null
  const lock = lockWaiter()
  const cache = turnCache()
  const group = groupCommitOn(database, { flush, drop })
  let transaction: Promise<void> | null = null
  /** The transaction that goes on here. */
  const within = new AsyncLocalStorage<Promise<void>>()

  function execute<Row>(statement: Statement): Ran<Row> {
    const one = preparedOf(statement)
    if (queue && statement.sql.includes(queue.table)) flush()
    try {
      const ran = one.run<Row>(statement)
      if (one.surelyChanges && ran.changes > 0) group.wrote()
      return ran
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
    try {
      for (const statement of queue?.take() ?? []) execute(statement)
    } catch (error) {
      // Whoever queued them went on long ago.
      group.fail(error)
      throw error
    }
  }

  /** Forgets what a lost group wrote. */
  function drop() {
    queue?.drop()
    cache.forgetAll()
  }

  /** What was read may be undone until it is committed; then it is read again. */
  const unlessLost = <T>({ done }: Group, read: T, again: () => Promise<T>): Promise<T> => done.then(() => read, again)

  /** Reads once in a turn of the event loop; what is remembered is waited for as what is read. */
  async function once<T>(tables: readonly CachedTable[], key: string, load: () => Promise<T>): Promise<T> {
    const open = group.open
    const unit = unitUnderWay()
    if (open) unit?.groups.add(open)
    const value = await cache.read(tables, key, load)
    return open && !unit ? unlessLost(open, value, () => once(tables, key, load)) : value
  }

  const owesSync = (unit: UnitOfWork | null) => unit !== null && !group.isSynced(unit.owesSyncOf)

  /** Runs a statement outside of transactions; resolves when it is committed, or in a unit of work when it ran. */
  function runNow<Row>(statement: Statement): Promise<Ran<Row>> | Ran<Row> {
    const unit = unitUnderWay()
    if (statement.kind === 'read') {
      const open = group.open
      const ran = execute<Row>(statement)
      if (!open) return ran
      unit?.groups.add(open)
      return unit ? ran : unlessLost(open, ran, () => run(statement))
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

  function enqueueInside(row: Row, { writes }: Omit<Enqueued, 'forgettable'>) {
    if (!queue) throw new Error('Nobody carries out what is queued.')
    // Here its own writer fails; where it is carried out, others would fail with it.
    boundValuesOf({ sql: queue.table, parameters: Object.values(row) })
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
      while (transaction) {
        // It would wait for its own end.
        if (within.getStore() === transaction) throw new Error('A transaction has a store of its own.')
        await transaction
      }
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
  ): Promise<{ readonly group: OpenGroup; readonly ending: Promise<void>; readonly end: (keeps: boolean) => void }> {
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
      ending: ended.promise,
      end(keeps) {
        transaction = null
        try {
          group.letGo(keeps)
        } finally {
          ended.resolve()
        }
      },
    }
  }

  /** Throws where SQLite ended the transaction under way: what comes next would be committed by itself. */
  function goesOn() {
    if (!group.open) throw new WritesLost('The transaction has ended.')
  }

  async function settle(unit: UnitOfWork) {
    for (const one of unit.groups) await one.done
    if (!owesSync(unit)) return
    await run(probe)
    for (const one of unit.groups) await one.done
  }

  return {
    cache,
    once,
    run,
    enqueue,
    /** Queues a row for the transaction under way. */
    async enqueueInside(...row: Parameters<typeof enqueueInside>): Promise<void> {
      goesOn()
      enqueueInside(...row)
    },
    /** The connection's only queue, made by whoever asks first. */
    queueWith(make: () => Queue): void {
      queue ??= make()
    },
    /** Runs a statement of the transaction under way. */
    runInside<Row>(statement: Statement): Ran<Row> {
      goesOn()
      return execute(statement)
    },
    /** Writes, and resolves when that is synced, whatever unit of work this is asked in. */
    probe: (): Promise<unknown> => apartFromUnits(() => run(probe)),
    begin,
    unit: <T>(work: () => Promise<T>): Promise<T> => asUnit(work, settle),
    /**
     * Resolves when all is committed that this unit of work wrote and saw, and synced what has to be; rejects when some of
     * it is lost.
     */
    async committed(): Promise<void> {
      const unit = unitUnderWay()
      if (unit) await settle(unit)
    },
    /** All or nothing. Committed at return, and synced, unless the options say otherwise. */
    async transaction<T>(work: () => Promise<T>, options: TransactionOptions = {}): Promise<T> {
      const unit = unitUnderWay()
      const { group: joined, ending, end } = await begin(!(options.syncedWithAnswer && unit) || owesSync(unit))
      let keeps = false
      try {
        const done = await within.run(ending, work)
        keeps = true
        return done
      } finally {
        end(keeps)
        unit?.groups.add(joined)
        if (keeps && options.syncedWithAnswer && unit) unit.owesSyncOf = joined.number
        if (keeps && !(options.committedWithAnswer && unit)) await joined.done
      }
    },
    async close(): Promise<void> {
      while (transaction) await transaction
      group.commit()
      database.close()
    },
  }
}
