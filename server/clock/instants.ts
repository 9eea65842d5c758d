/** A clock is corrected by less than this without a word (milliseconds). */
export const skewMs = 5 * 60_000

/** Whether an instant, all in epoch milliseconds, lies further ahead than its kind ever can: a wrong clock wrote it. */
export const isAhead = (instant: number, now: number, longestMs = 0): boolean => instant > now + longestMs + skewMs

/** Whether something that lasts for so long at most has not ended; what a wrong clock let last for longer has. */
export const isCurrent = (endsAt: number, now: number, longestMs: number): boolean =>
  endsAt > now && !isAhead(endsAt, now, longestMs)
