import { isAhead } from '../clock/instants.ts'
import type { Attempts, Store } from '../store/store.ts'

/** A budget of failures under one key. All times in milliseconds. */
export interface Budget {
  /** The wait after so many failures. */
  wait(failures: number): number
  /** The instant at which the failures are forgotten; `before` is that instant as of the last charge. */
  forgottenAt(now: number, before: number | null): number
  /** The longest possible wait, and the longest time until failures are forgotten. */
  readonly longestWait: number
  readonly longestMemory: number
}

const minuteMs = 60_000
const dayMs = 86_400_000

/** A wait of a minute after so many failures, doubled by each further failure (NIST SP 800-63B-4 §3.2.2). */
export const growingWait = (freeFailures: number, longestMs: number, forgottenAfterMs: number): Budget => ({
  wait: (failures) => (failures < freeFailures ? 0 : Math.min(2 ** (failures - freeFailures) * minuteMs, longestMs)),
  forgottenAt: (now) => now + forgottenAfterMs,
  longestWait: longestMs,
  longestMemory: forgottenAfterMs,
})

/** So many failures in a minute, which begins with the first failure; then a wait until the minute is over. */
export const aMinute = (most: number): Budget => ({
  wait: (failures) => (failures < most ? 0 : minuteMs),
  forgottenAt: (now, before) => before ?? now + minuteMs,
  longestWait: minuteMs,
  longestMemory: minuteMs,
})

/** So many charges in a day, which begins with the first charge; then a wait until the day is over. */
export const aDay = (most: number): Budget => ({
  wait: (count) => (count < most ? 0 : dayMs),
  forgottenAt: (now, before) => before ?? now + dayMs,
  longestWait: dayMs,
  longestMemory: dayMs,
})

/**
 * The count under a key at this instant (epoch milliseconds); null without a count. A wait that lies further ahead than
 * the budget's longest was written by a wrong clock and is ignored; its failures stay.
 */
export async function countedAt(store: Store, budget: Budget, key: string, now: number): Promise<Attempts | null> {
  const seen = await store.attempts.get(key)
  return seen && seen.forgottenAt > now ? bounded(seen, budget, now) : null
}

const bounded = (seen: Attempts, { longestWait, longestMemory }: Budget, now: number): Attempts => ({
  ...seen,
  lockedUntil: isAhead(seen.lockedUntil, now, longestWait) ? 0 : seen.lockedUntil,
  forgottenAt: Math.min(seen.forgottenAt, now + longestMemory),
})

/** A charge: whether the answer may be verified, and the end of the next answer's wait (epoch milliseconds). */
export interface Charge {
  readonly key: string
  readonly ok: boolean
  readonly lockedUntil: number
}

/** Charges one attempt before its verification, by compare-and-set: of a hundred guesses at once five are verified. */
export async function charge(store: Store, budget: Budget, key: string, now: number): Promise<Charge> {
  for (;;) {
    const seen = await store.attempts.get(key)
    const counted = seen && seen.forgottenAt > now ? bounded(seen, budget, now) : null
    if (counted && counted.lockedUntil > now) return { key, ok: false, lockedUntil: counted.lockedUntil }
    const failures = (counted?.failures ?? 0) + 1
    const forgottenAt = budget.forgottenAt(now, counted?.forgottenAt ?? null)
    const wait = budget.wait(failures)
    const lockedUntil = wait === 0 ? 0 : Math.min(now + wait, forgottenAt)
    const charged: Attempts = { failures, lockedUntil, forgottenAt, revision: seen ? seen.revision + 1 : 0 }
    if (await store.attempts.replace(key, seen, charged)) return { key, ok: true, lockedUntil }
  }
}

/** Takes one charge back that was no failure, with the wait that it led to, whatever was charged since. */
export async function giveBack(store: Store, budget: Budget, { key, lockedUntil }: Charge): Promise<void> {
  for (;;) {
    const seen = await store.attempts.get(key)
    if (!seen || seen.failures === 0) return
    const failures = seen.failures - 1
    const stays = budget.wait(failures) > 0 && seen.lockedUntil !== lockedUntil
    if (await store.attempts.replace(key, seen, { ...seen, failures, lockedUntil: stays ? seen.lockedUntil : 0 }))
      return
  }
}
