import type { App } from './steps.ts'

/** What is kept of an app. */
export interface Kept extends App {
  /** The last step of which a code was accepted: from then on only later ones are (RFC 6238 §5.2). */
  readonly lastStep: number
}
export const appIn = (kept: unknown) => kept as Kept
export const beforeAll = -1
