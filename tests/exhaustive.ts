/** How often a race is run: a few times in every suite, many times in `npm run test:all`. */
export const rounds = (few: number, many: number): number => (process.env.SALLYPORT_EXHAUSTIVE ? many : few)

/** Fifty of something that takes a password of one person, one after the other: answers at once are charged at once. */
export async function fifty<T>(make: () => Promise<T>): Promise<T[]> {
  const all: T[] = []
  while (all.length < 50) all.push(await make())
  return all
}
