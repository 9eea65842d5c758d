import { timingSafeEqual } from 'node:crypto'
import { crypto } from '@otplib/plugin-crypto-node'
import { generateSync } from 'otplib'

/** What an app and we share (RFC 6238 §4). */
export interface App {
  /** Base32 (RFC 4648 §6) in upper case, without padding. */
  readonly secret: string
  readonly algorithm: 'sha1' | 'sha256' | 'sha512'
  readonly digits: 6 | 8
  readonly periodSeconds: 30 | 60
}

const windowSteps = [-1, 0, 1] as const

export const stepAt = ({ periodSeconds }: App, now: Date): number => Math.floor(now.getTime() / 1000 / periodSeconds)

/** When a step begins (ISO 8601). */
export const beginningOf = ({ periodSeconds }: App, step: number): string =>
  new Date(step * periodSeconds * 1000).toISOString()

/** TOTP = HOTP(K, T) (RFC 6238 §4.2). */
export const codeAt = ({ secret, algorithm, digits }: App, step: number): string =>
  generateSync({ strategy: 'hotp', counter: step, secret, algorithm, digits, crypto })

/** The steps whose code this is: now, or one before or after (RFC 6238 §5.2, §6). All are compared, whatever matches. */
export function stepsOf(app: App, code: string, now: Date): readonly number[] {
  const steps = windowSteps.map((offset) => stepAt(app, now) + offset)
  return steps.filter((step) => same(codeAt(app, step), code))
}

function same(right: string, given: string): boolean {
  const [a, b] = [Buffer.from(right), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}
