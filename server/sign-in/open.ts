import { z } from 'zod'
import type { BuiltFactor } from '#shared/factors/index.ts'
import { traitsOf } from '#shared/factors/table.ts'
import { lockOf } from '../attempts/attempt.ts'
import { type SeenDevice, seenDeviceOf } from '../attempts/device-cookie.ts'
import type { House } from '../context/app-context.ts'
import type { Factor, Unavailable } from '../factors/contract/factor.ts'
import { factors } from '../factors/registry.ts'
import type { Waiting } from '../provider/finish.ts'
import { contextOf } from './context.ts'
import { bare, changedOr, lockedUntil, no, type Outcome, oneMoreOpening } from './desk.ts'
import { type Judged, judge } from './judge.ts'
import { type Way, waysOf } from './methods.ts'
import { changeSignIn, type Kept, keeping, keptOf, type OpenChallenge, type SignIn, trailOf } from './state.ts'

const challenging = bare.extend({ factor: z.string().optional(), authenticator: z.string().optional() })

/** Opens the challenge that somebody chose, or opens it again; without a factor, the choice itself. */
export async function challenge(house: House, waiting: Waiting, kept: Kept, fields: unknown): Promise<Outcome> {
  const parsed = challenging.safeParse(fields)
  if (!parsed.success) return no('bad-request')
  if (parsed.data.revision !== kept.revision) return no('stale')
  const judged = await judge(house, waiting, kept.signIn)
  if (judged.decision.is !== 'answer') return no('not-offered')
  const { factor, authenticator = null } = parsed.data
  if (factor === undefined) {
    const choosing: SignIn = { ...kept.signIn, refusal: null, choosing: true }
    return changedOr(await changeSignIn(house.store, waiting.uid, kept.revision, choosing))
  }
  const ways = waysOf(judged.decision, judged.authenticators)
  const way = ways.find((one) => one.factor === factor && one.authenticator === authenticator)
  if (!way) return no('not-offered')
  const signIn: SignIn = { ...kept.signIn, refusal: null, choosing: false }
  const { challenge } = signIn
  // Back from the choice to what was open: nothing is sent nor drawn anew for it.
  if (kept.signIn.choosing && challenge && isFor(way, challenge) && !isOver(challenge, house.now()))
    return changedOr(await changeSignIn(house.store, waiting.uid, kept.revision, signIn))
  return open(house, waiting, { ...kept, signIn }, way)
}

/** Opens what leaves no choice, and what everybody begins with. Null when another tab was first. */
export async function openNext(
  house: House,
  waiting: Waiting,
  kept: Kept,
  { decision, authenticators }: Judged,
): Promise<Kept | null> {
  const { challenge, choosing } = kept.signIn
  if (decision.is !== 'answer' || choosing) return kept
  const ways = waysOf(decision, authenticators)
  const before = challenge && ways.find((way) => isFor(way, challenge))
  if (before && challenge && !isOver(challenge, house.now())) return kept
  const way = before ?? begunWith(ways, decision.known)
  if (!way) return kept
  const opened = await open(house, waiting, kept, way)
  return 'kept' in opened ? opened.kept : null
}

/** The only way; before the first proof the policy's first; of one factor, the authenticator that was used last. */
function begunWith(ways: readonly Way[], known: boolean): Way | undefined {
  const [first, ...others] = ways
  const isUsual = first?.lastUsedAt != null && others.every(({ factor }) => factor === first.factor)
  return others.length === 0 || !known || isUsual ? first : undefined
}

/** It was answered and refused, or there is too little left of it. */
const isOver = ({ spent, renewAt }: OpenChallenge, now: Date) => spent || (renewAt !== null && renewAt <= now.getTime())

export const isFor = (way: Way, { factor, authenticator }: Pick<OpenChallenge, 'factor' | 'authenticator'>): boolean =>
  way.factor === factor && way.authenticator === authenticator

/** The offer that an open challenge is for, while there is one. */
export function offered({ decision, authenticators }: Judged, challenge: OpenChallenge) {
  if (decision.is === 'identify') return decision.offers.find(({ factor }) => factor === challenge.factor)
  return decision.is === 'answer'
    ? waysOf(decision, authenticators).find((way) => isFor(way, challenge))?.offer
    : undefined
}

async function open(house: House, waiting: Waiting, kept: Kept, way: Way): Promise<Outcome> {
  const { factor, authenticator, offer } = way
  const opening = await oneMoreOpening(house, waiting, kept)
  if ('why' in opening) return opening
  const { signIn } = opening
  const device = await seenDeviceOf(house, waiting.devices, signIn.account)
  const context = contextOf(house, signIn, factor, authenticator ? [authenticator] : offer.authenticators, device)
  const begun = [signIn.challenge, ...signIn.aside].filter((one) => one !== null)
  const before = begun.find((one) => isFor(way, one))
  const previous = before ? keptOf(house, waiting.uid, before) : null
  const opener: Factor<BuiltFactor, unknown> = factors[factor]
  const opened = (await shutFor(house, signIn, way, device)) ?? (await opener.challenge(context, offer, previous))
  if ('why' in opened) {
    const changed = { ...signIn, refusal: opened.why, choosing: true }
    return changedOr(await changeSignIn(house.store, waiting.uid, kept.revision, changed))
  }
  const challenge = keeping(house, waiting.uid, { factor, authenticator }, opened)
  const aside = begun.filter((one) => one !== before && traitsOf(one.factor).sent)
  const changed = { ...signIn, challenge, aside, choosing: false }
  const done = await changeSignIn(house.store, waiting.uid, kept.revision, changed)
  const entry = { kind: 'opened', ...trailOf(waiting, signIn), factor, authenticator } as const
  if (done) await house.store.records.append(entry, house.now().getTime())
  const unsent = done && (await opened.send?.())
  if (!unsent) return changedOr(done)
  // What may come yet can be answered; what was surely not sent was never asked.
  const asked = unsent.perhaps ? done.signIn : signIn
  const told = { ...asked, refusal: unsent.why, choosing: true }
  return changedOr(await changeSignIn(house.store, waiting.uid, done.revision, told))
}

/** Why it cannot be opened, whatever its factor says; nothing goes out for what could not be answered. */
async function shutFor(
  { sideDoors, store, config, now }: House,
  { account }: SignIn,
  { factor, authenticator, offer }: Way,
  device: SeenDevice | null,
): Promise<Unavailable | null> {
  if (traitsOf(factor).elsewhere && !sideDoors[factor]) return { why: { code: 'not-offered' } }
  // Nobody is told of a lock who has not proven who they are.
  if (!traitsOf(factor).sent || offer.authenticators === null) return null
  const ids = authenticator ? [authenticator] : offer.authenticators
  const until = await lockOf(store, config.attempts, { factor, account, ids, device }, now().getTime())
  return until === null ? null : { why: lockedUntil(until) }
}
