/** A set of numbers below a fixed count, as a bit set with 32 numbers in a word. */
export type Numbers = Uint32Array

export function numbersIn(count: number, has: (number: number) => boolean): Numbers {
  const set = new Uint32Array(Math.ceil(count / 32))
  for (let number = 0; number < count; number++)
    if (has(number)) set[number >>> 5] = (set[number >>> 5] ?? 0) | (1 << (number & 31))
  return set
}

export const intersection = (one: Numbers, other: Numbers): Numbers => one.map((word, at) => word & (other[at] ?? 0))
export const union = (one: Numbers, other: Numbers): Numbers => one.map((word, at) => word | (other[at] ?? 0))
export const difference = (one: Numbers, other: Numbers): Numbers => one.map((word, at) => word & ~(other[at] ?? 0))

export const isEmpty = (set: Numbers): boolean => set.every((word) => word === 0)
export const contains = (set: Numbers, other: Numbers): boolean => !some(other, (word, at) => word & ~(set[at] ?? 0))
export const meets = (one: Numbers, other: Numbers): boolean => some(one, (word, at) => word & (other[at] ?? 0))

/** A loop, much faster than `Uint32Array.prototype.some` where a thousand rules are compared with each other. */
function some(set: Numbers, bits: (word: number, at: number) => number): boolean {
  for (let at = 0; at < set.length; at++) if (bits(set[at] ?? 0, at) !== 0) return true
  return false
}
