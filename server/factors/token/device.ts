import { countersOf, type OathSecret } from '../oath/codes.ts'
import type { ExportedAccount } from '../oath/otpauth.ts'
import { beginningOf, setBackSeconds, stepAt } from '../oath/steps.ts'

/** A hardware token, as it comes in its maker's seed file. */
export interface Device extends OathSecret {
  /** What moves its codes on: a button (HOTP), or the time (TOTP). */
  readonly moves: { readonly by: 'event' } | { readonly by: 'time'; readonly periodSeconds: 30 | 60 }
}

/** A device, and where we believe it to be. */
export interface TokenCredential extends Device {
  /** The first counter, or time step, of which a code is accepted: those before it are used up. */
  readonly next: number
  /** Of one that goes by time: the last steps of which a code was accepted, as of an app (totp/kept.ts). */
  readonly spent?: readonly number[]
  /** By how many steps its clock was ahead of ours when we last heard of it (RFC 6238 §6); 0 for a button. */
  readonly drift: number
  /** From when on it may be used no more, in epoch milliseconds, where its maker says so (RFC 6030 §5). */
  readonly until?: number
}
export const deviceIn = (credential: unknown) => credential as TokenCredential
export const unusedDevice = (device: Device, next = 0): TokenCredential => ({ ...device, next, drift: 0 })
/** A device that nobody has used yet: of an event-based one (RFC 4226), the codes before its counter are. */
export const deviceOf = ({ moves, ...secret }: ExportedAccount): TokenCredential =>
  moves.by === 'event'
    ? unusedDevice({ ...secret, moves: { by: 'event' } }, moves.counter)
    : unusedDevice({ ...secret, moves })

/** How far a button may have been pressed in vain (RFC 4226 §7.4, the look-ahead parameter s). */
const lookAhead = 5
/** How far a device may have run ahead that shows two codes in a row. */
const searchAhead = 100
/** For a clock: a step either way, and ten minutes of 30 seconds for one that shows two codes in a row. */
const windowSteps = 1
const searchSteps = 20

export const isOver = ({ until }: TokenCredential, now: Date): boolean => until !== undefined && until <= now.getTime()

const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at)

/** The counters whose code is accepted at once, whether used up or not. */
function nearby({ moves, next, drift }: TokenCredential, now: Date): readonly number[] {
  if (moves.by === 'event') return range(Math.max(0, next - 1), next + lookAhead - 1)
  const step = stepAt(moves, now) + drift
  return range(step - windowSteps, step + windowSteps)
}

/** The counters among which a device is looked for that shows two codes in a row. */
function around({ moves, next, drift }: TokenCredential, now: Date): readonly number[] {
  if (moves.by === 'event') return range(next, next + searchAhead)
  const step = stepAt(moves, now) + drift
  return range(Math.max(next, step - searchSteps), step + searchSteps)
}

/**
 * The first counter of which a code is accepted now. A time step that lies further ahead than a code of now can was spent
 * when our clock was wrong, and bars itself alone.
 */
function nextOf(device: TokenCredential, now: Date): number {
  const { moves, next, drift } = device
  if (moves.by === 'event') return next
  const latest = stepAt(moves, now) + drift + windowSteps + setBackSeconds / moves.periodSeconds
  return next <= latest + 1 ? next : Math.max(-1, ...spentBy(device).filter((step) => step <= latest)) + 1
}
const spentBy = ({ spent, next }: TokenCredential): readonly number[] => spent ?? (next > 0 ? [next - 1] : [])
const mostSpent = 8

/** What a code says of a device: where it is now, that the code is used up, where it may be, or nothing. */
export type CodeMatch =
  | { readonly is: 'at'; readonly counter: number }
  | { readonly is: 'used' }
  | { readonly is: 'perhaps'; readonly counter: number }
  | { readonly is: 'nothing' }

/** Judges a code; `after` is the counter of the one that was given before, where this should be the following one. */
export function matchCode(device: TokenCredential, code: string, now: Date, after: number | null): CodeMatch {
  const found = countersOf(device, code, nearby(device, now))
  const next = nextOf(device, now)
  const isTime = device.moves.by === 'time'
  const fresh = found.findLast((counter) => counter >= next && !(isTime && spentBy(device).includes(counter)))
  if (fresh !== undefined) return { is: 'at', counter: fresh }
  if (after !== null && after + 1 >= next && countersOf(device, code, [after + 1]).length > 0)
    return { is: 'at', counter: after + 1 }
  if (found.length > 0) return { is: 'used' }
  const [perhaps] = countersOf(device, code, around({ ...device, next }, now))
  return perhaps === undefined ? { is: 'nothing' } : { is: 'perhaps', counter: perhaps }
}

/** A device after a code of it was accepted. */
export const matchAt = (device: TokenCredential, counter: number, now: Date): TokenCredential => ({
  ...device,
  next: counter + 1,
  drift: device.moves.by === 'time' ? counter - stepAt(device.moves, now) : 0,
  ...(device.moves.by === 'time' ? { spent: [...spentBy(device), counter].slice(-mostSpent) } : {}),
})

/** What it shows at this moment, or when its button is pressed; and until when. */
export function codesShownBy(device: TokenCredential, now: Date) {
  if (device.moves.by === 'event') return { counter: device.next, until: null, usedUntil: null }
  const step = stepAt(device.moves, now) + device.drift
  const at = (counter: number) => beginningOf(device.moves as { periodSeconds: 30 | 60 }, counter - device.drift)
  return { counter: step, until: at(step + 1), usedUntil: nextOf(device, now) > step ? at(nextOf(device, now)) : null }
}
