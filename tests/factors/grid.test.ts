import { describe, expect, test } from 'vitest'
import { type Dice, drawGrid, draws } from '#server/factors/grid/draw.ts'
import { digitsIn, isGood, type Pattern, patternIn, writtenPattern } from '#server/factors/grid/pattern.ts'
import { rounds } from '../exhaustive.ts'

// What a grid may give away: nothing by itself, and with one answer not a single cell.

/** A small generator with a seed (mulberry32), so that the figures below are the same every time. */
function seeded(seed: number): Dice {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** n (n-1) … (n-k+1). */
const falling = (n: number, k: number): bigint => (k === 0 ? 1n : BigInt(n) * falling(n - 1, k - 1))

/** In how many ways k cells can be chosen in order that hold k digits equal as this says: [2, 1] is a a b, for digits at large. */
function waysOf(counts: readonly number[], equal: readonly number[]): bigint {
  const padded = [...counts, ...Array(10 - counts.length).fill(0)] as number[]
  const place = (at: number, used: readonly number[]): bigint =>
    at === equal.length
      ? 1n
      : padded.reduce((sum, n, digit) => {
          if (used.includes(digit)) return sum
          return sum + falling(n, equal[at] ?? 0) * place(at + 1, [...used, digit])
        }, 0n)
  return place(0, [])
}

describe('the draw', () => {
  test('every grid has 25 digits, and none of them stands alone', () => {
    for (const { counts } of draws) {
      expect(counts.reduce<number>((sum, count) => sum + count, 0)).toBe(25)
      expect(Math.min(...counts)).toBeGreaterThan(1)
    }
  })

  test.each([[[4]], [[3, 1]], [[2, 2]], [[2, 1, 1]], [[1, 1, 1, 1]]])(
    'the digits of four different cells that are equal as in %j are as likely as all others, exactly',
    (equal) => {
      const weights = draws.reduce((sum, { weight }) => sum + BigInt(weight), 0n)
      const ways = draws.reduce((sum, { weight, counts }) => sum + BigInt(weight) * waysOf(counts, equal), 0n)
      // So many of the 10,000 answers are equal as this says, times the ways to choose four of 25 cells in order.
      const answers = falling(10, equal.length)
      expect(ways * 10_000n).toBe(answers * falling(25, 4) * weights)
    },
  )

  test('over many grids every answer of a pattern comes as often as the others', () => {
    const dice = seeded(7)
    const pattern = patternIn('A1 C2 B4 E5') ?? []
    const grids = rounds(100_000, 2_000_000)
    const seen = new Map<string, number>()
    for (let at = 0; at < grids; at++) {
      const digits = digitsIn(drawGrid(dice), pattern)
      seen.set(digits, (seen.get(digits) ?? 0) + 1)
    }
    const mean = grids / 10_000
    const all = Array.from({ length: 10_000 }, (_, answer) => seen.get(String(answer).padStart(4, '0')) ?? 0)
    const chiSquared = all.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0)
    // 9,999 degrees of freedom: mean 9,999, standard deviation 141; five of them.
    expect(Math.abs(chiSquared - 9_999)).toBeLessThan(5 * 141)
  })
})

describe('who has seen a grid and its answer', () => {
  /** How many patterns of that many cells would have given those answers in those grids. */
  const left = (pattern: Pattern, grids: readonly (readonly string[])[]) => {
    const cells = pattern.map((own) =>
      Array.from({ length: 25 }, (_, cell) => cell).filter((cell) =>
        grids.every((rows) => digitsIn(rows, [cell]) === digitsIn(rows, [own])),
      ),
    )
    return choices(cells, [])
  }
  const choices = (cells: readonly (readonly number[])[], taken: readonly number[]): number => {
    const [first, ...rest] = cells
    // More than five cells are never one line, and more than corners: whether they are good need not be asked.
    if (!first) return taken.length > 5 || isGood(taken) ? 1 : 0
    return first.filter((cell) => !taken.includes(cell)).reduce((sum, cell) => sum + choices(rest, [...taken, cell]), 0)
  }

  test.each([
    ['A1 C2 B4 E5', 1, 4, 87],
    ['A1 C2 B4 E5', 2, 1, 2],
    ['A1 C2 B4 E5 D3 A4 B2 E1', 1, 32, 3_240],
    ['A1 C2 B4 E5 D3 A4 B2 E1', 2, 1, 2],
  ] as const)(
    '%s, %i times: %i patterns are left at worst, of what was drawn, and %d as a rule',
    (pattern, times, worst, asARule) => {
      const dice = seeded(11)
      const own = patternIn(pattern) ?? []
      const counts = Array.from({ length: 2_000 }, () =>
        left(
          own,
          Array.from({ length: times }, () => drawGrid(dice)),
        ),
      )
      const [fewest, ...more] = counts.toSorted((a, b) => a - b)
      expect([fewest, more[999]]).toEqual([worst, asARule])
    },
  )

  test('eight cells that hold four digits, each of them twice, leave the fewest patterns that there can be', () => {
    const rows = ['00000', '01112', '23344', '55667', '78899']
    const counts = [...'0123456789'].map((digit) => rows.join('').split(digit).length - 1)
    expect(draws.map((draw) => String(draw.counts))).toContain(String(counts.toSorted((a, b) => b - a)))
    const cells = [9, 10, 11, 12, 13, 14, 15, 16]
    expect(digitsIn(rows, cells)).toBe('22334455')
    expect(left(cells, [rows])).toBe(16)
  })
})

describe('a pattern', () => {
  test('of four cells is one of 302,040', () => {
    const cells = Array.from({ length: 25 }, (_, cell) => cell)
    const sets = cells.flatMap((a) =>
      cells.slice(a + 1).flatMap((b) => cells.slice(b + 1).flatMap((c) => cells.slice(c + 1).map((d) => [a, b, c, d]))),
    )
    expect(sets.filter(isGood).length * 24).toBe(302_040)
  })

  test.each([
    'A1 B1 C1 D1',
    'C1 C2 C3 C4 C5',
    'A1 B2 C3 D4',
    'E1 D2 C3 B4',
    'A1 E1 E5 A5',
    'A1 E5 E1 A5',
    'A1 B2 C3',
    'A1 A1 B2 C4',
    '',
  ])('is not %s', (text) => expect(isGood(patternIn(text) ?? [])).toBe(false))
  test('may be in any order, and is read in it', () => {
    const pattern = patternIn('e5, a1 c2 B4') ?? []
    expect(isGood(pattern)).toBe(true)
    expect(writtenPattern(pattern)).toBe('E5 A1 C2 B4')
    expect(digitsIn(['10000', '00300', '00000', '04000', '00002'], pattern)).toBe('2134')
    expect(patternIn('A1 F2')).toBeNull()
  })
})
