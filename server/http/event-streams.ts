import { budgetOf } from './address.ts'

/** The open event streams of this process, limited because each holds a connection and costs a client nothing. */
export interface EventStreams {
  /** Reserves one stream for this network address and returns its release; null when the limit is reached. */
  take(address: string | null): (() => void) | null
  /** Aborted when the server ends: every stream ends, and none is opened any more. */
  readonly ending: AbortSignal
  end(): void
}

const most = 1000
const mostByAddress = 50

export function eventStreams(): EventStreams {
  const open = new Map<string, number>()
  const ended = new AbortController()
  let all = 0
  return {
    ending: ended.signal,
    end: () => ended.abort(),
    take(address) {
      const key = budgetOf(address)
      const theirs = open.get(key) ?? 0
      if (ended.signal.aborted || all >= most || theirs >= mostByAddress) return null
      all++
      open.set(key, theirs + 1)
      let isOpen = true
      return () => {
        if (!isOpen) return
        isOpen = false
        all--
        const left = (open.get(key) ?? 1) - 1
        if (left > 0) open.set(key, left)
        else open.delete(key)
      }
    },
  }
}
