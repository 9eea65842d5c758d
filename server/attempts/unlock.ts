import type { Store } from '../store/store.ts'
import { forgiveFailures } from './attempt.ts'

/** Forgets every wrong answer at somebody's factors, by an operator; that is written down. */
export const unlock = (store: Store, account: string, now: Date): Promise<void> =>
  store.transaction(async (inside) => {
    await forgiveFailures(inside, account, null)
    await inside.records.append({ kind: 'unlocked', account }, now.getTime())
  })
