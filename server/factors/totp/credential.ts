import { setBackSeconds, stepAt, type TotpParameters, windowSteps } from '../oath/steps.ts'

/** The stored data of an authenticator app. */
export interface TotpCredential extends TotpParameters {
  /**
   * The last steps whose codes were accepted, the latest acceptance last. None of these is accepted again, nor any step
   * before one of them (RFC 6238 §5.2). But a step that is ahead of every clock was accepted while the server's clock
   * was wrong, and bars only itself.
   */
  readonly spent: readonly number[]
}

/** The stored form; rows that were written before `spent` existed have `lastStep` alone. */
type Stored = TotpParameters & { readonly spent?: readonly number[]; readonly lastStep?: number }

export function appIn(credential: unknown): TotpCredential {
  const { lastStep = -1, spent = lastStep < 0 ? [] : [lastStep], ...app } = credential as Stored
  return { ...app, spent }
}
export const neverUsed = (app: TotpParameters): TotpCredential => ({ ...app, spent: [] })

/** The number of remembered steps: more than a wrong clock lets be accepted before the first could be used again. */
const mostSpent = 8
export const spending = (app: TotpCredential, step: number): TotpCredential => ({
  ...app,
  spent: [...app.spent, step].slice(-mostSpent),
})
/** Whether a step lies further ahead than any code of now, even after a setback of the clock. */
const isAheadOf = (app: TotpParameters, now: Date) => (step: number) =>
  step > stepAt(app, now) + Math.max(...windowSteps) + setBackSeconds / app.periodSeconds

/** The last step up to which codes are used up; -1 for none. */
export const spentThroughStep = (app: TotpCredential, now: Date): number => {
  const isAhead = isAheadOf(app, now)
  return Math.max(-1, ...app.spent.filter((step) => !isAhead(step)))
}
export const isUnused = (app: TotpCredential, step: number, now: Date): boolean =>
  step > spentThroughStep(app, now) && !app.spent.includes(step)
export const wasSpentAhead = (app: TotpCredential, now: Date): boolean => app.spent.some(isAheadOf(app, now))
