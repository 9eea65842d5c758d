/** Runs few jobs at a time; returns null at once when too many are waiting already. */
export function queueOf(limits: { readonly atOnce: number; readonly waiting: number }) {
  let running = 0
  const waiting: (() => void)[] = []
  return async <T>(work: () => Promise<T>): Promise<T | null> => {
    if (running >= limits.atOnce) {
      if (waiting.length >= limits.waiting) return null
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
