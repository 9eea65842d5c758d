import { randomInt } from 'node:crypto'
import { gridSize } from '#shared/factors/grid.ts'

/** A random integer from 0 to below a bound. */
export type Dice = (below: number) => number

/**
 * Distributions of digit counts in one grid, each with its weight. Chosen so that the digits of any four different
 * cells are each of the 10,000 possibilities equally often, and that no digit stands in one cell alone: a grid and one
 * answer reveal no single cell of the pattern.
 */
export const draws = [
  { weight: 1978, counts: [6, 5, 3, 3, 3, 3, 2] },
  { weight: 3552, counts: [6, 3, 2, 2, 2, 2, 2, 2, 2, 2] },
  { weight: 1381, counts: [5, 5, 5, 2, 2, 2, 2, 2] },
  { weight: 3478, counts: [5, 5, 3, 3, 3, 2, 2, 2] },
  { weight: 2211, counts: [5, 3, 3, 2, 2, 2, 2, 2, 2, 2] },
] as const
const allWeights = draws.reduce((sum, { weight }) => sum + weight, 0)
const tenDigits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const

/** A new grid: five rows of five digits. Drawn independently of the pattern, about which grids alone reveal nothing. */
export function drawGrid(dice: Dice = randomInt): string[] {
  const digits = shuffled(tenDigits, dice)
  const all = shuffled(
    countsAt(dice(allWeights)).flatMap((count, at) => Array(count).fill(digits[at])),
    dice,
  )
  return Array.from({ length: gridSize }, (_, row) => all.slice(row * gridSize, (row + 1) * gridSize).join(''))
}

function countsAt(place: number): readonly number[] {
  let left = place
  for (const { weight, counts } of draws) {
    if (left < weight) return counts
    left -= weight
  }
  throw new Error('A place beyond all weights.')
}

/** The Fisher–Yates shuffle. */
function shuffled<T>(values: readonly T[], dice: Dice): T[] {
  const all = [...values]
  for (let at = all.length - 1; at > 0; at--) {
    const other = dice(at + 1)
    const [one, two] = [all[at], all[other]]
    all.splice(at, 1, two as T)
    all.splice(other, 1, one as T)
  }
  return all
}
