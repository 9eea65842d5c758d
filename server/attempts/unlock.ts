import type { Store } from '../store/store.ts'
import { forgiveFailures } from './attempt.ts'

/** Forgets every wrong answer to an account's factors, on an operator's command, and records that. */
export const unlock = (store: Store, account: string, now: Date): Promise<void> =>
  store.transaction(async (inside) => {
    await forgiveFailures(inside, account, null)
    await inside.records.append({ kind: 'unlocked', account }, now.getTime())
  })
