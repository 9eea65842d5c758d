/** What is read several times in one request: a table, or one kind of documents. */
export type CachedTable = 'people' | 'authenticators' | `documents ${string}`

/**
 * What was read in this turn of the event loop: what a request reads twice is read once. A write to a table forgets
 * what was read of it, and the end of the turn everything: what another process wrote is seen at the next turn.
 */
export function turnCache() {
  const readings = new Map<string, { readonly of: readonly CachedTable[]; readonly read: Map<string, unknown> }>()
  let writes = 0
  let isOver = true
  function keep(of: readonly CachedTable[], key: string, value: unknown) {
    const name = of.join()
    const those = readings.get(name) ?? { of, read: new Map() }
    readings.set(name, those)
    those.read.set(key, value)
    if (!isOver) return
    isOver = false
    setImmediate(() => {
      isOver = true
      readings.clear()
    })
  }
  return {
    /** Takes note of what several reads at once found; `asOf` is {@link writes} from before them. */
    keep(of: readonly CachedTable[], key: string, value: unknown, asOf: number): void {
      // Somebody may have written since.
      if (writes === asOf) keep(of, key, value)
    },
    writes: (): number => writes,
    /** Forgets a table, or one kind of documents. */
    forget(written: string): void {
      writes += 1
      const isOf = (one: string) => one === written || one.startsWith(`${written} `)
      for (const [name, { of }] of readings) if (of.some(isOf)) readings.delete(name)
    },
    forgetAll(): void {
      writes += 1
      readings.clear()
    },
    async read<T>(of: readonly CachedTable[], key: string, load: () => Promise<T>): Promise<T> {
      const those = readings.get(of.join())?.read
      if (those?.has(key)) return those.get(key) as T
      const asOf = writes
      const value = await load()
      if (writes === asOf) keep(of, key, value)
      return value
    },
  }
}
export type TurnCache = ReturnType<typeof turnCache>
