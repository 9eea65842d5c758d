import { setBackSeconds, stepAt, type TotpParameters, windowSteps } from '../oath/steps.ts'

/** What is kept of an app. */
export interface TotpCredential extends TotpParameters {
  /**
   * The last steps of which a code was accepted, the latest acceptance last. None of these is accepted again, nor any
   * step before one of them (RFC 6238 §5.2); but a step that is ahead of every clock was spent by ours when that was wrong,
   * and bars itself alone.
   */
  readonly spent: readonly number[]
}

/** Rows of before have the last step alone. */
type Stored = TotpParameters & { readonly spent?: readonly number[]; readonly lastStep?: number }

export function appIn(credential: unknown): TotpCredential {
  const { lastStep = -1, spent = lastStep < 0 ? [] : [lastStep], ...app } = credential as Stored
  return { ...app, spent }
}
export const neverUsed = (app: TotpParameters): TotpCredential => ({ ...app, spent: [] })

/** As many as no wrong clock lets somebody spend before the first of them could be said again. */
const mostSpent = 8
export const spending = (app: TotpCredential, step: number): TotpCredential => ({
  ...app,
  spent: [...app.spent, step].slice(-mostSpent),
})
/** A step that lies further ahead than a code of now, and of before the clock was set back, can. */
const isAheadOf = (app: TotpParameters, now: Date) => (step: number) =>
  step > stepAt(app, now) + Math.max(...windowSteps) + setBackSeconds / app.periodSeconds

/** Up to which step codes are used up; -1 for none. */
export const spentUntil = (app: TotpCredential, now: Date): number => {
  const isAhead = isAheadOf(app, now)
  return Math.max(-1, ...app.spent.filter((step) => !isAhead(step)))
}
export const isFresh = (app: TotpCredential, step: number, now: Date): boolean =>
  step > spentUntil(app, now) && !app.spent.includes(step)
export const wasAhead = (app: TotpCredential, now: Date): boolean => app.spent.some(isAheadOf(app, now))
