/**
 * Places things into steps, one each, and as many as possible; a placed thing stays placed when more are added (maximum
 * bipartite matching by augmenting paths). Earlier things are placed first, each into the earliest step possible.
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
