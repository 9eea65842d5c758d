import { countersOf } from '../oath/codes.ts'
import { stepAt } from '../oath/steps.ts'
import type { TokenCredential } from './device.ts'

/**
 * How far a device is looked for that an operator brings back by two codes in a row (RFC 4226 §7.4): so many presses of
 * a button, or so long before and after our clock. Of so many pairs of six digits, a guessed one is right once in a hundred million times.
 */
export const mostPresses = 10_000
const mostAwayMs = 86_400_000

/** The counter of the second of two codes in a row; null where the device gives no such two that are not used up. */
export function secondOfTwo(
  device: TokenCredential,
  [first, second]: readonly [string, string],
  now: Date,
): number | null {
  const [from, to] = reachOf(device, now)
  for (let counter = from; counter <= to; counter++)
    if (countersOf(device, first, [counter]).length > 0 && countersOf(device, second, [counter + 1]).length > 0)
      return counter + 1
  return null
}

function reachOf({ moves, next, drift }: TokenCredential, now: Date): readonly [number, number] {
  if (moves.by === 'event') return [next, next + mostPresses]
  const step = stepAt(moves, now) + drift
  const away = mostAwayMs / 1000 / moves.periodSeconds
  return [Math.max(next, step - away), step + away]
}
