/**
 * Things into steps, one each: as many as can be, and whatever was placed stays placed when more come (maximum
 * bipartite matching by augmenting paths). Things that come first are placed first, each as early as it can be.
 */
export function maximumMatching<T>(
  things: readonly T[],
  steps: readonly number[],
  fits: (thing: T, step: number) => boolean,
): ReadonlyMap<number, T> {
  const placed = new Map<number, T>()
  const find = (thing: T, tried: Set<number>): boolean =>
    steps.some((step) => {
      if (tried.has(step) || !fits(thing, step)) return false
      tried.add(step)
      const other = placed.get(step)
      if (other !== undefined && !find(other, tried)) return false
      placed.set(step, thing)
      return true
    })
  for (const thing of things) find(thing, new Set())
  return placed
}
