import { countersOf, type OathSecret } from './codes.ts'

/** What an app and we share (RFC 6238 §4). */
export interface TotpParameters extends OathSecret {
  readonly periodSeconds: 30 | 60
}

export const windowSteps = [-1, 0, 1] as const

export const stepAt = ({ periodSeconds }: Pick<TotpParameters, 'periodSeconds'>, now: Date): number =>
  Math.floor(now.getTime() / 1000 / periodSeconds)

/** When a step begins (ISO 8601). */
export const beginningOf = ({ periodSeconds }: Pick<TotpParameters, 'periodSeconds'>, step: number): string =>
  new Date(step * periodSeconds * 1000).toISOString()

/** The steps whose code this is: now, or one before or after (RFC 6238 §5.2, §6). */
export const stepsOf = (app: TotpParameters, code: string, now: Date): readonly number[] =>
  countersOf(
    app,
    code,
    windowSteps.map((offset) => stepAt(app, now) + offset),
  )

/** A clock that is set back by no more than this makes nothing new again: codes before the last one stay used up. */
export const setBackSeconds = 3600
