import { budgetOf } from '../http/address.ts'

const minuteMs = 60_000
/** Addresses that are counted at once; beyond it the counts of all begin anew. */
const mostAddresses = 100_000

/**
 * How many sign-ins are begun and challenges opened from each network address in a minute, in memory: what nobody has
 * answered yet writes rows, and costs whoever asks for it nothing. Each process counts for itself.
 */
export interface OpeningBudget {
  spend(address: string | null): void
  /** How long an address that has spent its minute has to wait, in milliseconds; 0 while it need not. */
  waitFor(address: string | null, mostAMinute: number): number
}

export function openingBudget(now: () => Date): OpeningBudget {
  const counts = new Map<string, { spent: number; readonly until: number }>()
  const counted = (key: string) => {
    const one = counts.get(key)
    // A minute that ends later than a minute from now is a wrong clock's.
    const here = now().getTime()
    return one && one.until > here && one.until <= here + minuteMs ? one : null
  }
  return {
    spend(address) {
      const key = budgetOf(address)
      const one = counted(key)
      if (one) {
        one.spent++
        return
      }
      if (counts.size >= mostAddresses) counts.clear()
      counts.set(key, { spent: 1, until: now().getTime() + minuteMs })
    },
    waitFor(address, mostAMinute) {
      const one = counted(budgetOf(address))
      return one && one.spent >= mostAMinute ? one.until - now().getTime() : 0
    },
  }
}
