import type { Spread } from './statistics.ts'
import { say, spread, table } from './table.ts'

const seen: (readonly [string, string, string])[] = []

/** Notes how far an aim is met, for the table at the end. */
export const note = (what: string, found: string, aim: string): void => void seen.push([what, found, aim])
export const noteRatio = (what: string, found: Spread, most: number): void => note(what, spread(found), `≤ ${most}`)

export function sayAims(): void {
  say('\n## Aims\n')
  table(['ratios of medians of one run (least to most)', 'seen', 'aim'], seen)
}
