import { setTimeout as pause } from 'node:timers/promises'

/** Another process holds the store's lock, for longer than anybody waits: nothing was read or written. */
export class StoreLocked extends Error {}

/** After how many seconds the same may be tried again. */
export const retryAfterSeconds = 2

const patienceMs = 3000
const longestPauseMs = 50
/** A lock that nobody has met for so long is another one when it is met again. */
const sameLockMs = 1000
/** SQLITE_BUSY, and its extended codes. */
const isLocked = (error: unknown) =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === 5

/**
 * Runs statements that may find the store locked by another process. The driver is synchronous: its own waiting would hold
 * up the whole process, and so each is tried again from here, with pauses between. All wait for the same lock: whoever
 * comes when it has been held for three seconds is refused at once. Throws {@link StoreLocked}.
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

  /** It was free: the next lock is another one. */
  function found<T>(done: T): T {
    lock.metAt = Number.NEGATIVE_INFINITY
    return done
  }

  /** `writes`: it needs the lock, which is free when it succeeds. */
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
