import type { Spread } from './statistics.ts'

/** Writes a line for the terminal, which is Markdown too. */
export const say = (line = ''): void => void process.stdout.write(`${line}\n`)

export const ms = (value: number, digits = 1): string => `${value.toFixed(digits)} ms`
export const times = (value: number): string => `${value.toFixed(2)} ×`
export const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = heads.map((head, at) => Math.max(...[head, ...rows.map((row) => row[at] ?? '')].map((t) => t.length)))
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, at) => (cells[at] ?? '').padEnd(width)).join(' | ')} |`
  say(line(heads))
  say(line(widths.map((width) => '-'.repeat(width))))
  for (const row of rows) say(line(row))
}
export const number = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(1))

/** A median, and what it lies between. */
export const spread = (
  found: Spread | undefined,
  as: (value: number) => string = (value) => value.toFixed(2),
): string => (found ? `${as(found.median)} (${as(found.least)} to ${as(found.most)})` : '')
