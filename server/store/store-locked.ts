import { setTimeout as pause } from 'node:timers/promises'

/** Thrown when another process holds the store's lock for too long: nothing was read or written. */
export class StoreLocked extends Error {}

/** Seconds after which a refused request may be repeated. */
export const retryAfterSeconds = 2

const patienceMs = 3000
const shortestPauseMs = 2
const longestPauseMs = 50
/** A lock met again after a longer time than this counts as a new lock. */
const sameLockMs = 1000
/** Whether an error is SQLITE_BUSY or one of its extended codes. */
export const isLocked = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === 5

/**
 * The wait for a lock that another process holds. The driver is synchronous: its own waiting would hold up the whole
 * process, and so a statement is tried again from here, with pauses. All statements wait for the same lock: a statement
 * that comes when the lock has been held for three seconds is refused at once.
 */
export function lockWaiter() {
  const lock = { since: 0, metAt: Number.NEGATIVE_INFINITY }
  return {
    /** Pauses after a statement that met the lock, for the `times`-th time. Throws {@link StoreLocked}. */
    async wait(times: number): Promise<void> {
      const now = performance.now()
      if (now - lock.metAt > sameLockMs) lock.since = now
      lock.metAt = now
      if (now - lock.since >= patienceMs) throw new StoreLocked('The store is locked by another process.')
      await pause(Math.min(shortestPauseMs * 2 ** Math.min(times, 10), longestPauseMs))
    },
    /** Notes that the lock was free: the next lock is a new lock. */
    free(): void {
      lock.metAt = Number.NEGATIVE_INFINITY
    },
  }
}
