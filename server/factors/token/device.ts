import { countersOf, type OathSecret } from '../oath/codes.ts'
import type { ExportedAccount } from '../oath/otpauth.ts'
import { beginningOf, setBackSeconds, stepAt } from '../oath/steps.ts'

/** A hardware token as its maker's seed file describes it. */
export interface Device extends OathSecret {
  /** The moving factor: a button's counter (HOTP), or the time (TOTP). */
  readonly moves: { readonly by: 'event' } | { readonly by: 'time'; readonly periodSeconds: 30 | 60 }
}

/** A device with the server's record of its counter or clock. */
export interface TokenCredential extends Device {
  /** The first counter or time step whose code is accepted: earlier codes are used up. */
  readonly next: number
  /** For a clock: the last steps whose codes were accepted, as in totp/credential.ts. */
  readonly spent?: readonly number[]
  /** The steps by which the device's clock was ahead of the server's at its last code (RFC 6238 §6); 0 for a button. */
  readonly drift: number
  /** The end of use in epoch milliseconds, where the maker set one (RFC 6030 §5). */
  readonly until?: number
}
export const deviceIn = (credential: unknown) => credential as TokenCredential
export const unusedDevice = (device: Device, next = 0): TokenCredential => ({ ...device, next, drift: 0 })
/** The record of an unused device. Of an event-based device (RFC 4226) the codes before its counter are used up. */
export const deviceOf = ({ moves, ...secret }: ExportedAccount): TokenCredential =>
  moves.by === 'event'
    ? unusedDevice({ ...secret, moves: { by: 'event' } }, moves.counter)
    : unusedDevice({ ...secret, moves })

/** The accepted number of unused presses of a button (RFC 4226 §7.4, the look-ahead parameter s). */
const lookAhead = 5
/** The accepted number of unused presses of a button that is followed by a second code. */
const searchAhead = 100
/** For a clock, in steps: one either way; with a second code twenty, which is ten minutes at 30 seconds. */
const windowSteps = 1
const searchSteps = 20

export const isOver = ({ until }: TokenCredential, now: Date): boolean => until !== undefined && until <= now.getTime()

const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at)

/** The counters whose code matches at once, used up or not. */
function nearby({ moves, next, drift }: TokenCredential, now: Date): readonly number[] {
  if (moves.by === 'event') return range(Math.max(0, next - 1), next + lookAhead - 1)
  const step = stepAt(moves, now) + drift
  return range(step - windowSteps, step + windowSteps)
}

/** The counters that are searched for a code that a second code must confirm. */
function around({ moves, next, drift }: TokenCredential, now: Date): readonly number[] {
  if (moves.by === 'event') return range(next, next + searchAhead)
  const step = stepAt(moves, now) + drift
  return range(Math.max(next, step - searchSteps), step + searchSteps)
}

/**
 * The first counter whose code is accepted now. A spent time step that lies further ahead than any code of now was
 * accepted while the server's clock was wrong, and bars only itself.
 */
function nextOf(device: TokenCredential, now: Date): number {
  const { moves, next, drift } = device
  if (moves.by === 'event') return next
  const latest = stepAt(moves, now) + drift + windowSteps + setBackSeconds / moves.periodSeconds
  return next <= latest + 1 ? next : Math.max(-1, ...spentBy(device).filter((step) => step <= latest)) + 1
}
const spentBy = ({ spent, next }: TokenCredential): readonly number[] => spent ?? (next > 0 ? [next - 1] : [])
const mostSpent = 8

/** A code's match: the device's counter, a used code, a possible counter that a second code must confirm, or none. */
export type CodeMatch =
  | { readonly is: 'at'; readonly counter: number }
  | { readonly is: 'used' }
  | { readonly is: 'perhaps'; readonly counter: number }
  | { readonly is: 'nothing' }

/** Matches a code; `after` is the counter of the code that this code must follow, or null. */
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

/** The record of a device after its code was accepted. */
export const matchAt = (device: TokenCredential, counter: number, now: Date): TokenCredential => ({
  ...device,
  next: counter + 1,
  drift: device.moves.by === 'time' ? counter - stepAt(device.moves, now) : 0,
  ...(device.moves.by === 'time' ? { spent: [...spentBy(device), counter].slice(-mostSpent) } : {}),
})

/** The counter of the code that the device shows now, or at the next press; and the end of that code (ISO 8601). */
export function codesShownBy(device: TokenCredential, now: Date) {
  if (device.moves.by === 'event') return { counter: device.next, until: null, usedUntil: null }
  const step = stepAt(device.moves, now) + device.drift
  const at = (counter: number) => beginningOf(device.moves as { periodSeconds: 30 | 60 }, counter - device.drift)
  return { counter: step, until: at(step + 1), usedUntil: nextOf(device, now) > step ? at(nextOf(device, now)) : null }
}
