import { type App, setBackSeconds, stepAt, windowSteps } from '../oath/steps.ts'

/** What is kept of an app. */
export interface Kept extends App {
  /**
   * The last steps of which a code was accepted, the latest acceptance last. None of these is accepted again, nor any
   * step before one of them (RFC 6238 §5.2); but a step that is ahead of every clock was spent by ours when that was wrong,
   * and bars itself alone.
   */
  readonly spent: readonly number[]
}

/** Rows of before have the last step alone. */
type Stored = App & { readonly spent?: readonly number[]; readonly lastStep?: number }

export function appIn(kept: unknown): Kept {
  const { lastStep = -1, spent = lastStep < 0 ? [] : [lastStep], ...app } = kept as Stored
  return { ...app, spent }
}
export const neverUsed = (app: App): Kept => ({ ...app, spent: [] })

/** As many as no wrong clock lets somebody spend before the first of them could be said again. */
const mostSpent = 8
export const spending = (app: Kept, step: number): Kept => ({ ...app, spent: [...app.spent, step].slice(-mostSpent) })
/** A step that lies further ahead than a code of now, and of before the clock was set back, can. */
const isAheadOf = (app: App, now: Date) => (step: number) =>
  step > stepAt(app, now) + Math.max(...windowSteps) + setBackSeconds / app.periodSeconds

/** Up to which step codes are used up; -1 for none. */
export const spentUntil = (app: Kept, now: Date): number => {
  const isAhead = isAheadOf(app, now)
  return Math.max(-1, ...app.spent.filter((step) => !isAhead(step)))
}
export const isFresh = (app: Kept, step: number, now: Date): boolean =>
  step > spentUntil(app, now) && !app.spent.includes(step)
export const wasAhead = (app: Kept, now: Date): boolean => app.spent.some(isAheadOf(app, now))
