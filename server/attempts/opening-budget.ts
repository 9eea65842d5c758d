import { budgetOf } from '../http/address.ts'

const minuteMs = 60_000
/** The greatest number of counted addresses; beyond it all counts begin anew. */
const mostAddresses = 100_000

/**
 * Counts the sign-ins begun and challenges opened from each network address in a minute, in memory: each writes rows
 * and costs its requester nothing. Each process counts for itself.
 */
export interface OpeningBudget {
  spend(address: string | null): void
  /** The wait of an address that has spent its minute, in milliseconds; 0 without a wait. */
  waitFor(address: string | null, mostAMinute: number): number
}

export function openingBudget(now: () => Date): OpeningBudget {
  const counts = new Map<string, { spent: number; readonly until: number }>()
  const counted = (key: string) => {
    const count = counts.get(key)
    // A minute that ends later than a minute from now was written by a wrong clock.
    const here = now().getTime()
    return count && count.until > here && count.until <= here + minuteMs ? count : null
  }
  return {
    spend(address) {
      const key = budgetOf(address)
      const count = counted(key)
      if (count) {
        count.spent++
        return
      }
      if (counts.size >= mostAddresses) counts.clear()
      counts.set(key, { spent: 1, until: now().getTime() + minuteMs })
    },
    waitFor(address, mostAMinute) {
      const count = counted(budgetOf(address))
      return count && count.spent >= mostAMinute ? count.until - now().getTime() : 0
    },
  }
}
