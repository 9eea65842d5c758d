import { z } from 'zod'
import type { BuiltFactor } from '#shared/factors/index.ts'
import { traitsOf } from '#shared/factors/table.ts'
import { lockOf } from '../attempts/attempt.ts'
import { type SeenDevice, seenDeviceOf } from '../attempts/device-cookie.ts'
import type { AppContext } from '../context/app-context.ts'
import type { Factor, Unavailable } from '../factors/contract/factor.ts'
import { factors } from '../factors/registry.ts'
import type { Interaction } from '../provider/interactions.ts'
import { type ActionOutcome, actionFields, changedOr, lockedFor, oneMoreOpening, refused } from './actions.ts'
import { type DecidedStep, decideNext } from './decide-next.ts'
import { challengeContext } from './factor-context.ts'
import { optionsFor, type SignInOption } from './options.ts'
import {
  auditFields,
  changeSignIn,
  type OpenChallenge,
  openSealedState,
  type SignIn,
  type StoredSignIn,
  sealChallenge,
} from './state.ts'

const challenging = actionFields.extend({ factor: z.string().optional(), authenticator: z.string().optional() })

/** Opens the challenge of the chosen method, or opens it again; without a factor, shows the choice of methods. */
export async function openChallenge(
  app: AppContext,
  interaction: Interaction,
  stored: StoredSignIn,
  fields: unknown,
): Promise<ActionOutcome> {
  const parsed = challenging.safeParse(fields)
  if (!parsed.success) return refused('bad-request')
  if (parsed.data.revision !== stored.revision) return refused('stale')
  const decided = await decideNext(app, interaction, stored.signIn)
  if (decided.decision.is !== 'answer') return refused('not-offered')
  const { factor, authenticator = null } = parsed.data
  if (factor === undefined) {
    const choosing: SignIn = { ...stored.signIn, refusal: null, choosing: true }
    return changedOr(await changeSignIn(app.store, interaction.uid, stored.revision, choosing))
  }
  const options = optionsFor(decided.decision, decided.authenticators)
  const option = options.find((one) => one.factor === factor && one.authenticator === authenticator)
  if (!option) return refused('not-offered')
  const signIn: SignIn = { ...stored.signIn, refusal: null, choosing: false }
  const { challenge } = signIn
  // The challenge of the chosen method is still open: nothing is sent nor drawn anew for it.
  if (stored.signIn.choosing && challenge && isFor(option, challenge) && !isOver(challenge, app.now()))
    return changedOr(await changeSignIn(app.store, interaction.uid, stored.revision, signIn))
  return open(app, interaction, { ...stored, signIn }, option)
}

/** Opens the challenge of the only or the usual method, without a choice. Null when another tab was first. */
export async function openNextChallenge(
  app: AppContext,
  interaction: Interaction,
  stored: StoredSignIn,
  { decision, authenticators }: DecidedStep,
): Promise<StoredSignIn | null> {
  const { challenge, choosing } = stored.signIn
  if (decision.is !== 'answer' || choosing) return stored
  const options = optionsFor(decision, authenticators)
  const before = challenge && options.find((option) => isFor(option, challenge))
  if (before && challenge && !isOver(challenge, app.now())) return stored
  const option = before ?? begunWith(options, decision.hasProof)
  if (!option) return stored
  const opened = await open(app, interaction, stored, option)
  return 'stored' in opened ? opened.stored : null
}

/**
 * The method to begin with: the only one; before the first proof, the policy's first; among authenticators of one
 * factor, the last used. Undefined where the person has to choose.
 */
function begunWith(options: readonly SignInOption[], hasProof: boolean): SignInOption | undefined {
  const [first, ...others] = options
  const isUsual = first?.lastUsedAt != null && others.every(({ factor }) => factor === first.factor)
  return others.length === 0 || !hasProof || isUsual ? first : undefined
}

/** Whether a challenge has to be opened anew: its answer was refused, or too little time is left. */
const isOver = ({ spent, renewAt }: OpenChallenge, now: Date) => spent || (renewAt !== null && renewAt <= now.getTime())

export const isFor = (
  option: SignInOption,
  { factor, authenticator }: Pick<OpenChallenge, 'factor' | 'authenticator'>,
): boolean => option.factor === factor && option.authenticator === authenticator

/** The policy's offer that an open challenge answers; undefined where the policy offers it no more. */
export function offerFor({ decision, authenticators }: DecidedStep, challenge: OpenChallenge) {
  if (decision.is === 'identify') return decision.offers.find(({ factor }) => factor === challenge.factor)
  return decision.is === 'answer'
    ? optionsFor(decision, authenticators).find((option) => isFor(option, challenge))?.offer
    : undefined
}

async function open(
  app: AppContext,
  interaction: Interaction,
  stored: StoredSignIn,
  option: SignInOption,
): Promise<ActionOutcome> {
  const { factor, authenticator, offer } = option
  const opening = await oneMoreOpening(app, interaction, stored)
  if ('why' in opening) return opening
  const { signIn } = opening
  const device = await seenDeviceOf(app, interaction.devices, signIn.account)
  const context = challengeContext(app, signIn, factor, authenticator ? [authenticator] : offer.authenticators, device)
  const begun = [signIn.challenge, ...signIn.sentChallenges].filter((one) => one !== null)
  const before = begun.find((one) => isFor(option, one))
  const previous = before ? openSealedState(app, interaction.uid, before) : null
  const opener: Factor<BuiltFactor, unknown> = factors[factor]
  const opened = (await shutFor(app, signIn, option, device)) ?? (await opener.challenge(context, offer, previous))
  if ('why' in opened) {
    const changed = { ...signIn, refusal: opened.why, choosing: true }
    return changedOr(await changeSignIn(app.store, interaction.uid, stored.revision, changed))
  }
  const challenge = sealChallenge(app, interaction.uid, { factor, authenticator }, opened)
  const sentChallenges = begun.filter((one) => one !== before && traitsOf(one.factor).sent)
  const changed: SignIn = { ...signIn, challenge, sentChallenges, choosing: false }
  const done = await changeSignIn(app.store, interaction.uid, stored.revision, changed)
  const entry = { kind: 'opened', ...auditFields(interaction, signIn), factor, authenticator } as const
  if (done) await app.store.records.append(entry, app.now().getTime())
  const send = done && opened.send
  // A message cannot be called back: the challenge that it answers is committed before.
  if (send) await app.store.committed()
  const unsent = send && (await send())
  if (!unsent) return changedOr(done)
  // A challenge whose message may still arrive stays open; one whose message was surely not sent was never asked.
  const asked = unsent.perhaps ? done.signIn : signIn
  const told = { ...asked, refusal: unsent.why, choosing: true }
  return changedOr(await changeSignIn(app.store, interaction.uid, done.revision, told))
}

/**
 * Why a challenge cannot be opened, whatever its factor says, else null: no message goes out for a challenge that could
 * not be answered.
 */
async function shutFor(
  { handoffs, store, config, now }: AppContext,
  { account }: SignIn,
  { factor, authenticator, offer }: SignInOption,
  device: SeenDevice | null,
): Promise<Unavailable | null> {
  if (traitsOf(factor).elsewhere && !handoffs[factor]) return { why: { code: 'not-offered' } }
  // A lock is told only to somebody who has proven who they are.
  if (!traitsOf(factor).sent || offer.authenticators === null) return null
  const ids = authenticator ? [authenticator] : offer.authenticators
  const until = await lockOf(store, config.attempts, { factor, account, ids, device }, now().getTime())
  return until === null ? null : { why: lockedFor(until) }
}
