import type { BuiltFactor } from '#shared/factors/index.ts'
import { traitsOf } from '#shared/factors/table.ts'
import { lockOf } from '../attempts/attempt.ts'
import { type SeenDevice, seenDeviceOf } from '../attempts/device-cookie.ts'
import type { AppContext } from '../context/app-context.ts'
import type { Factor, Opened, Unavailable } from '../factors/contract/factor.ts'
import { factors } from '../factors/registry.ts'
import type { Interaction } from '../provider/interactions.ts'
import type { DatedEntry } from '../store/entry.ts'
import { type ActionOutcome, changedOr, lockedFor, oneMoreOpening } from './actions.ts'
import { challengeContext } from './factor-context.ts'
import { isFor, type SignInOption } from './options.ts'
import {
  auditFields,
  changeSignIn,
  type OpenChallenge,
  openSealedState,
  type SignIn,
  type StoredSignIn,
  sealChallenge,
} from './state.ts'

/** A challenge that was drawn up: neither stored nor sent. */
interface DrawnChallenge extends Pick<Opened<BuiltFactor, unknown>, 'send'> {
  readonly challenge: OpenChallenge
  /** The sign-in with the challenge in it, and without. */
  readonly signIn: SignIn
  readonly before: SignIn
  /** The record of its opening. */
  readonly opened: DatedEntry
}

/** Draws up the challenge of a method. Where it cannot be opened, the person has to choose another. */
export async function drawChallenge(
  app: AppContext,
  interaction: Interaction,
  stored: StoredSignIn,
  option: SignInOption,
): Promise<DrawnChallenge | ActionOutcome> {
  const { factor, authenticator, offer } = option
  const opening = await oneMoreOpening(app, interaction, stored)
  if ('why' in opening) return opening
  const { signIn } = opening
  const device = await seenDeviceOf(app, interaction.devices, signIn.account)
  const context = challengeContext(app, signIn, factor, authenticator ? [authenticator] : offer.authenticators, device)
  const begun = [signIn.challenge, ...signIn.sentChallenges].filter((one) => one !== null)
  const earlier = begun.find((one) => isFor(option, one))
  const previous = earlier ? openSealedState(app, interaction.uid, earlier) : null
  const opener: Factor<BuiltFactor, unknown> = factors[factor]
  const opened = (await shutFor(app, signIn, option, device)) ?? (await opener.challenge(context, offer, previous))
  if ('why' in opened) {
    const changed = { ...signIn, refusal: opened.why, choosing: true }
    return changedOr(await changeSignIn(app.store, interaction.uid, stored, changed))
  }
  const challenge = sealChallenge(app, interaction.uid, { factor, authenticator }, opened)
  const sentChallenges = begun.filter((one) => one !== earlier && traitsOf(one.factor).sent)
  const entry = { kind: 'opened', ...auditFields(interaction, signIn), factor, authenticator } as const
  return {
    challenge,
    signIn: { ...signIn, challenge, sentChallenges, choosing: false },
    before: signIn,
    opened: { entry, at: app.now().getTime() },
    ...(opened.send ? { send: opened.send } : {}),
  }
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
