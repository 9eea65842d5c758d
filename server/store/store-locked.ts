import { setTimeout as pause } from 'node:timers/promises'

/** Thrown when another process holds the store's lock for too long: nothing was read or written. */
export class StoreLocked extends Error {}

/** Seconds after which a refused request may be repeated. */
export const retryAfterSeconds = 2

const patienceMs = 3000
const longestPauseMs = 50
/** A lock met again after a longer time than this counts as a new lock. */
const sameLockMs = 1000
/** SQLITE_BUSY and its extended codes. */
const isLocked = (error: unknown) =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === 5

/**
 * Runs statements that may find the store locked by another process. The driver is synchronous: its own waiting would
 * hold up the whole process, and so a statement is tried again from here, with pauses. All statements wait for the same
 * lock: a statement that comes when the lock has been held for three seconds is refused at once. Throws
 * {@link StoreLocked}.
 */
export function lockWaiter() {
  const lock = { since: 0, metAt: Number.NEGATIVE_INFINITY }
  function meet() {
    const now = performance.now()
    if (now - lock.metAt > sameLockMs) lock.since = now
    lock.metAt = now
    return now - lock.since < patienceMs
  }

  async function again<T>(statement: () => T): Promise<T> {
    for (let pauseMs = 2; meet(); pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      await pause(pauseMs)
      try {
        return found(statement())
      } catch (error) {
        if (!isLocked(error)) throw error
      }
    }
    throw new StoreLocked('The store is locked by another process.')
  }

  /** Notes that the lock was free: the next lock is a new lock. */
  function found<T>(done: T): T {
    lock.metAt = Number.NEGATIVE_INFINITY
    return done
  }

  /** `writes`: the statement needs the lock, so that its success shows that the lock was free. */
  return <T>(statement: () => T, writes: boolean): T | Promise<T> => {
    try {
      const done = statement()
      return writes ? found(done) : done
    } catch (error) {
      if (!isLocked(error)) throw error
      return again(statement)
    }
  }
}
