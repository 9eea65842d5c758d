/** The greatest correction of a clock that is ignored (milliseconds). */
export const skewMs = 5 * 60_000

/** Whether an instant (epoch milliseconds) lies further ahead than its kind ever can, and so is from a wrong clock. */
export const isAhead = (instant: number, now: number, longestMs = 0): boolean => instant > now + longestMs + skewMs

/** Whether a period of at most `longestMs` has not ended. A longer period, from a wrong clock, counts as ended. */
export const isCurrent = (endsAt: number, now: number, longestMs: number): boolean =>
  endsAt > now && !isAhead(endsAt, now, longestMs)
