import type { Store } from './store.ts'

interface Watched {
  readonly store: Pick<Store, 'ready'>
  readonly now: () => Date
}

const everyMs = 1000

/**
 * Whether the store can be written. A check costs a synced write, and anybody may ask: the check runs at most once a
 * second, and requests in between share its answer.
 */
export function readiness({ store, now }: Watched): () => Promise<boolean> {
  let last = { at: Number.NEGATIVE_INFINITY, ready: Promise.resolve(false), pending: false }
  return () => {
    const at = now().getTime()
    // The second is over also when the clock was set back.
    const isOver = at >= last.at + everyMs || at < last.at
    if (!last.pending && isOver) {
      const current = { at, pending: true, ready: Promise.resolve(false) }
      const ended = (ready: boolean) => {
        current.pending = false
        return ready
      }
      current.ready = store.ready().then(
        () => ended(true),
        () => ended(false),
      )
      last = current
    }
    return last.ready
  }
}
