import { gridSize } from '#shared/factors/grid.ts'

/** Cells in the order in which the person reads them; numbered row by row from 0. */
export type Pattern = readonly number[]

const fewest = 4
const most = 8
const rowOf = (cell: number) => Math.floor(cell / gridSize)
const columnOf = (cell: number) => cell % gridSize
/** The kinds of lines: cells lie in one line when one of these functions is equal for all of them. */
const lines: readonly ((cell: number) => number)[] = [
  rowOf,
  columnOf,
  (cell) => rowOf(cell) - columnOf(cell),
  (cell) => rowOf(cell) + columnOf(cell),
]

const corners: Pattern = [0, gridSize - 1, gridSize * (gridSize - 1), gridSize * gridSize - 1]

/** Whether a pattern is acceptable: four to eight different cells, not all in one line, and not only corners. */
export function isGood(pattern: Pattern): boolean {
  const isLine = lines.some((lineOf) => new Set(pattern.map(lineOf)).size === 1)
  const isObvious = isLine || pattern.every((cell) => corners.includes(cell))
  return pattern.length >= fewest && pattern.length <= most && new Set(pattern).size === pattern.length && !isObvious
}

/** The digits in a pattern's cells. */
export const digitsIn = (rows: readonly string[], pattern: Pattern): string =>
  pattern.map((cell) => rows[rowOf(cell)]?.[columnOf(cell)]).join('')

/** Reads a pattern of cells such as "B3" (column and row). Null when a cell is not in the grid. */
export function patternIn(written: string): Pattern | null {
  const cells = written.trim().split(/[\s,]+/)
  const all = cells.map((cell) => {
    const [, column = '', row = ''] = /^([A-E])([1-5])$/i.exec(cell) ?? []
    return row ? (Number(row) - 1) * gridSize + (column.toUpperCase().charCodeAt(0) - 65) : -1
  })
  return all.includes(-1) ? null : all
}

export const writtenPattern = (pattern: Pattern): string =>
  pattern.map((cell) => `${String.fromCharCode(65 + columnOf(cell))}${rowOf(cell) + 1}`).join(' ')
