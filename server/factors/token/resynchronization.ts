import { countersOf } from '../oath/codes.ts'
import { stepAt } from '../oath/steps.ts'
import type { TokenCredential } from './device.ts'

/**
 * The range of an operator's resynchronization by two codes in a row (RFC 4226 §7.4): presses of a button, or
 * milliseconds before and after the server's clock. Among so many pairs of codes of six digits, a guessed pair is right
 * once in a hundred million times.
 */
export const mostPresses = 10_000
const mostAwayMs = 86_400_000

/** The counter of the second of two codes in a row; null where the device has no such unused pair. */
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
