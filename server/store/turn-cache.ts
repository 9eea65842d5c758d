/** The tables whose rows are read several times in one request. */
export type CachedTable = 'documents' | 'people' | 'authenticators'

/**
 * Rows that were read in this turn of the event loop: what a request reads twice is read once. A write to a table
 * forgets all its rows, and the end of the turn everything: what another process wrote is seen at the next turn.
 */
export function turnCache() {
  const rows = new Map<string, Map<string, unknown>>()
  let writes = 0
  let isOver = true
  function keep(table: CachedTable, key: string, value: unknown) {
    const those = rows.get(table) ?? new Map()
    rows.set(table, those.set(key, value))
    if (!isOver) return
    isOver = false
    setImmediate(() => {
      isOver = true
      rows.clear()
    })
  }
  return {
    keep,
    forget(table: string): void {
      writes += 1
      rows.delete(table)
    },
    forgetAll(): void {
      writes += 1
      rows.clear()
    },
    async read<T>(table: CachedTable, key: string, load: () => Promise<T>): Promise<T> {
      const those = rows.get(table)
      if (those?.has(key)) return those.get(key) as T
      const before = writes
      const value = await load()
      // Somebody may have written between the reading and here.
      if (writes === before) keep(table, key, value)
      return value
    },
  }
}
export type TurnCache = ReturnType<typeof turnCache>
