import { isAhead } from './instants.ts'

/** How long a clock that leapt ahead is doubted, unless it is put right before (milliseconds): then it had been behind. */
const doubtMs = 86_400_000

interface Watched {
  /** The clock went back, on whose word instants in the future were written. */
  wentBack(byMs: number): void
  /** It went ahead, by more than the time that has passed. */
  wentAhead(byMs: number): void
}

/**
 * Watches the clock, and says whether things may be deleted on its word: what a clock that is ahead deletes cannot be
 * bounded when it is read. `passedMs` counts on, whatever becomes of the clock.
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
