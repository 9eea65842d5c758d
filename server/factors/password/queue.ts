/** Runs work a few at a time; answers null at once when too many are waiting already. */
export function queueOf(limits: { readonly atOnce: number; readonly waiting: number }) {
  let running = 0
  const interaction: (() => void)[] = []
  return async <T>(work: () => Promise<T>): Promise<T | null> => {
    if (running >= limits.atOnce) {
      if (interaction.length >= limits.waiting) return null
      await new Promise<void>((resolve) => interaction.push(resolve))
    } else running += 1
    try {
      return await work()
    } finally {
      const next = interaction.shift()
      if (next) next()
      else running -= 1
    }
  }
}
