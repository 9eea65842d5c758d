import type { Attempts, Store } from '../store/store.ts'

/** Five failures lock for 1 minute, and each one more for 2, 4, 8, then 15; forgotten after 12 hours. */
const freeFailures = 5
const longestLockMinutes = 15
const decayMs = 12 * 3_600_000
const minuteMs = 60_000

/** Whether it may be verified, and until when (epoch milliseconds) the next one has to wait. */
export interface Charge {
  readonly ok: boolean
  readonly lockedUntil: number
}

const lockMs = (failures: number) =>
  failures < freeFailures ? 0 : Math.min(2 ** (failures - freeFailures), longestLockMinutes) * minuteMs

/**
 * Charges one attempt before anything is verified, by compare-and-set, so that a hundred guesses at once are five.
 * The key names a factor, and an account or a name as it was typed.
 */
export async function charge(store: Store, key: string, now: number): Promise<Charge> {
  for (;;) {
    const seen = await store.attempts.get(key)
    if (seen && seen.lockedUntil > now) return { ok: false, lockedUntil: seen.lockedUntil }
    const failures = seen && now - seen.lastAt < decayMs ? seen.failures + 1 : 1
    const charged: Attempts = {
      failures,
      lockedUntil: now + lockMs(failures),
      lastAt: now,
      revision: seen ? seen.revision + 1 : 0,
    }
    if (await store.attempts.replace(key, seen, charged)) return { ok: true, lockedUntil: charged.lockedUntil }
  }
}

/** Gives one attempt back that failed on our side, whatever was charged since. */
export async function refund(store: Store, key: string): Promise<void> {
  for (;;) {
    const seen = await store.attempts.get(key)
    if (!seen || seen.failures === 0) return
    const failures = seen.failures - 1
    const lockedUntil = lockMs(failures) === 0 ? 0 : seen.lockedUntil
    if (await store.attempts.replace(key, seen, { ...seen, failures, lockedUntil })) return
  }
}
