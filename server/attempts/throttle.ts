import { isAhead } from '../clock/instants.ts'
import type { Attempts, GivenBack, Store } from '../store/store.ts'

/** A budget of failures under one key. All times in milliseconds. */
export interface Budget {
  /** The number of failures that lead to the first wait. */
  readonly freeFailures: number
  /** The wait after so many failures, which are no fewer than `freeFailures`. */
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
  freeFailures,
  wait: (failures) => Math.min(2 ** (failures - freeFailures) * minuteMs, longestMs),
  forgottenAt: (now) => now + forgottenAfterMs,
  longestWait: longestMs,
  longestMemory: forgottenAfterMs,
})

/** So many failures in a minute, which begins with the first failure; then a wait until the minute is over. */
export const aMinute = (most: number): Budget => ({
  freeFailures: most,
  wait: () => minuteMs,
  forgottenAt: (now, before) => before ?? now + minuteMs,
  longestWait: minuteMs,
  longestMemory: minuteMs,
})

/** So many charges in a day, which begins with the first charge; then a wait until the day is over. */
export const aDay = (most: number): Budget => ({
  freeFailures: most,
  wait: () => dayMs,
  forgottenAt: (now, before) => before ?? now + dayMs,
  longestWait: dayMs,
  longestMemory: dayMs,
})

/**
 * A count at this instant (epoch milliseconds); null when it is forgotten. A wait that lies further ahead than the
 * budget's longest was written by a wrong clock and is ignored; its failures stay.
 */
export const countedAt = (
  seen: Attempts | null,
  { longestWait, longestMemory }: Budget,
  now: number,
): Attempts | null =>
  seen && seen.forgottenAt > now
    ? {
        ...seen,
        lockedUntil: isAhead(seen.lockedUntil, now, longestWait) ? 0 : seen.lockedUntil,
        forgottenAt: Math.min(seen.forgottenAt, now + longestMemory),
      }
    : null

/** A charge: whether the answer may be verified, and the end of the next answer's wait (epoch milliseconds). */
export interface Charge {
  readonly key: string
  readonly ok: boolean
  readonly lockedUntil: number
}

/** One more failure on the count under a key, and the count that it leads to; null when the answer has to wait. */
export function chargeOn(
  seen: Attempts | null,
  budget: Budget,
  key: string,
  now: number,
): { readonly charge: Charge; readonly next: Attempts | null } {
  const counted = countedAt(seen, budget, now)
  if (counted && counted.lockedUntil > now)
    return { charge: { key, ok: false, lockedUntil: counted.lockedUntil }, next: null }
  const failures = (counted?.failures ?? 0) + 1
  const forgottenAt = budget.forgottenAt(now, counted?.forgottenAt ?? null)
  const lockedUntil = failures < budget.freeFailures ? 0 : Math.min(now + budget.wait(failures), forgottenAt)
  const next = { failures, lockedUntil, forgottenAt, revision: seen ? seen.revision + 1 : 0 }
  return { charge: { key, ok: true, lockedUntil }, next }
}

/** Charges one attempt before its verification, by compare-and-set: of a hundred guesses at once five are verified. */
export async function charge(store: Store, budget: Budget, key: string, now: number): Promise<Charge> {
  for (;;) {
    const seen = await store.attempts.get(key)
    const { charge, next } = chargeOn(seen, budget, key, now)
    if (!next || (await store.attempts.replace(key, seen, next))) return charge
  }
}

/** Takes one charge back that was no failure, with the wait that it led to, whatever was charged since. */
export const giveBack = (store: Store, budget: Budget, charge: Charge): Promise<void> =>
  store.attempts.giveBack([givenBack(budget, charge)])

/** `forgets`: with all that was charged before. */
export const givenBack = ({ freeFailures }: Budget, { key, lockedUntil }: Charge, forgets = false): GivenBack => ({
  key,
  lockedUntil,
  freeFailures,
  forgets,
})
