import { isAhead } from './instants.ts'

/** How long a clock that leapt ahead is doubted (milliseconds). Uncorrected until then, it had been behind before. */
const doubtMs = 86_400_000

interface Watched {
  /** Called when the clock went back: instants that were written before are in the future now. */
  wentBack(byMs: number): void
  /** Called when the clock went ahead by more than the passed time. */
  wentAhead(byMs: number): void
}

/**
 * Watches the clock, and tells whether expired data may be deleted: a clock that is ahead would delete data for good.
 * `passedMs` is a monotonic clock.
 */
export function clockWatch({ wentBack, wentAhead }: Watched, passedMs = () => performance.now()) {
  let before: { readonly now: number; readonly passed: number } | null = null
  let doubtedUntil = Number.NEGATIVE_INFINITY
  return (now: number): boolean => {
    const passed = passedMs()
    if (before) {
      const expected = before.now + passed - before.passed
      if (isAhead(expected, now)) {
        doubtedUntil = Number.NEGATIVE_INFINITY
        wentBack(expected - now)
      } else if (isAhead(now, expected)) {
        doubtedUntil = passed + doubtMs
        wentAhead(now - expected)
      }
    }
    before = { now, passed }
    return passed >= doubtedUntil
  }
}
