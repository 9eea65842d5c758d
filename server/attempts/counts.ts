import type { Attempts, Store } from '../store/store.ts'
import { type Budget, type Charge, chargeOn, countedAt } from './throttle.ts'

/** Counts under several keys: read at once, charged one after another, written at once in the same transaction. */
export async function openCounts(inside: Store, keys: readonly string[], now: number) {
  const seen = await inside.attempts.getAll(keys)
  const changed = new Map<string, Attempts>()
  return {
    seen: (key: string): Attempts | null => seen.get(key) ?? null,
    /** The end of the wait under a key (epoch milliseconds); 0 without one. */
    lockedUntil: (budget: Budget, key: string): number =>
      countedAt(seen.get(key) ?? null, budget, now)?.lockedUntil ?? 0,
    charge(budget: Budget, key: string): Charge {
      const { charge, next } = chargeOn(seen.get(key) ?? null, budget, key, now)
      if (next) changed.set(key, next)
      return charge
    },
    /** Writes a count as it is: the statement is the one of a charge. */
    keep(key: string): void {
      const kept = seen.get(key)
      if (kept) changed.set(key, { ...kept, revision: kept.revision + 1 })
    },
    write: (): Promise<void> => inside.attempts.putAll(changed),
  }
}
export type Counts = Awaited<ReturnType<typeof openCounts>>
