import { countersOf, type OathSecret } from './codes.ts'

/** The secret and parameters shared with an app (RFC 6238 §4). */
export interface TotpParameters extends OathSecret {
  readonly periodSeconds: 30 | 60
}

export const windowSteps = [-1, 0, 1] as const

export const stepAt = ({ periodSeconds }: Pick<TotpParameters, 'periodSeconds'>, now: Date): number =>
  Math.floor(now.getTime() / 1000 / periodSeconds)

/** The beginning of a time step (ISO 8601). */
export const beginningOf = ({ periodSeconds }: Pick<TotpParameters, 'periodSeconds'>, step: number): string =>
  new Date(step * periodSeconds * 1000).toISOString()

/** The time steps whose code was given, among the current step and one before and after (RFC 6238 §5.2, §6). */
export const stepsOf = (app: TotpParameters, code: string, now: Date): readonly number[] =>
  countersOf(
    app,
    code,
    windowSteps.map((offset) => stepAt(app, now) + offset),
  )

/** The greatest setback of the clock (seconds) over which all codes before the last accepted code stay used up. */
export const setBackSeconds = 3600
