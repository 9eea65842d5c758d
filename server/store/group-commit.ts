import type { DatabaseSync } from 'node:sqlite'

/** Thrown where writes are lost that had succeeded: their common transaction could not be committed. */
export class WritesLost extends Error {}

/** Writes that are committed together (decision 40). */
export interface Group {
  /** Resolves once the writes are committed; rejects when they are lost. */
  readonly done: Promise<void>
}
export interface OpenGroup extends Group {
  readonly number: number
  readonly synced: boolean
  /** Whether its commit writes something for certain: SQLite syncs nothing for a transaction that changed nothing. */
  isWritten: boolean
  readonly end: (lost?: unknown) => void
}

export type GroupCommit = ReturnType<typeof groupCommitOn>

/**
 * One open transaction of a connection for the writes of all requests in a turn of the event loop: a sync costs as much
 * for one as for twenty. BEGIN IMMEDIATE: a group that has begun never meets a locked store.
 */
export function groupCommitOn(
  database: DatabaseSync,
  queue: { readonly flush: () => void; readonly drop: () => void },
) {
  const control = {
    begin: database.prepare('begin immediate'),
    commit: database.prepare('commit'),
    rollback: database.prepare('rollback'),
    savepoint: database.prepare('savepoint one'),
    release: database.prepare('release one'),
    undo: database.prepare('rollback to one'),
  }
  let open: OpenGroup | null = null
  let number = 0
  let syncedUpTo = 0
  let full: boolean | null = null
  let held: { readonly by: 'whole' | 'savepoint'; readonly wasWritten: boolean } | null = null
  let due = false

  /** Sets `synchronous`, a setting of the connection that cannot change inside a transaction. */
  function setSynced(synced: boolean) {
    if (synced !== full) database.exec(`PRAGMA synchronous=${synced ? 'FULL' : 'NORMAL'}`)
    full = synced
  }

  function begun(synced: boolean): OpenGroup {
    setSynced(synced)
    control.begin.run()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    // A group that nobody waits for is lost without a word, as its writers have failed already.
    promise.catch(() => {})
    number += 1
    const end = (lost?: unknown) => (lost === undefined ? resolve() : reject(lost))
    const group = { number, synced, isWritten: false, done: promise, end }
    setImmediate(() => {
      if (open !== group) return
      if (held) due = true
      else commit()
    })
    return group
  }

  /** A statement is joined to a group only after it began: errors of BEGIN (a locked store) leave no group open. */
  function join(synced: boolean): OpenGroup {
    if (open && synced && !open.synced) commit()
    open ??= begun(synced)
    return open
  }

  function commit() {
    const group = open
    if (!group) return
    try {
      queue.flush()
      open = null
      control.commit.run()
    } catch (error) {
      return lose(group, error)
    }
    due = false
    if (group.synced && group.isWritten) syncedUpTo = group.number
    group.end()
  }

  function lose(group: OpenGroup, error: unknown) {
    open = null
    due = false
    queue.drop()
    try {
      if (database.isTransaction) control.rollback.run()
    } finally {
      group.end(new WritesLost('The store did not commit.', { cause: error }))
    }
  }

  /**
   * After an error: SQLite ends the whole transaction for some (a full disk, an input/output error), and the next
   * statement would be committed alone. Then every writer of the group fails.
   */
  function check(error: unknown) {
    if (open && !database.isTransaction) lose(open, error)
  }

  return {
    join,
    commit,
    check,
    /** Loses the group that is open: some of what its writers were promised cannot be carried out. */
    fail(error: unknown) {
      if (open) lose(open, error)
    },
    /** Notes a change of the group that is open. */
    wrote() {
      if (open) open.isWritten = true
    },
    setSynced,
    get open(): Group | null {
      return open
    },
    /** Whether everything is synced that was committed in this group or before it. */
    isSynced: (one: number) => one <= syncedUpTo,
    /** Begins a transaction of one writer within the group: what it undoes is its own writes alone. */
    hold(synced: boolean): OpenGroup {
      queue.flush()
      const before = open
      const group = join(synced)
      const by = group === before ? 'savepoint' : 'whole'
      if (by === 'savepoint') control.savepoint.run()
      held = { by, wasWritten: group.isWritten }
      return group
    },
    letGo(keeps: boolean) {
      const how = held
      held = null
      if (!open) return
      const group = open
      try {
        if (!keeps) queue.drop()
        if (how?.by === 'savepoint') {
          if (!keeps) {
            control.undo.run()
            group.isWritten = how.wasWritten
          }
          control.release.run()
        } else if (!keeps) {
          control.rollback.run()
          open = null
          due = false
          group.end()
        }
      } catch (error) {
        lose(group, error)
        throw error
      }
      if (due) commit()
    },
  }
}
