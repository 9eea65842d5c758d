import type { Answer, BuiltFactor } from '#shared/factors/index.ts'
import type { Offer } from '#shared/policy/engine/next.ts'
import { type Answering, type Attempt, chargeAttempt, mostFailures, refundAttempt } from '../attempts/attempt.ts'
import { seenDeviceOf } from '../attempts/device-cookie.ts'
import type { AppContext } from '../context/app-context.ts'
import type { Factor, Opened, Verdict } from '../factors/contract/factor.ts'
import { factors } from '../factors/registry.ts'
import type { Interaction } from '../provider/interactions.ts'
import type { Store } from '../store/store.ts'
import { type ActionOutcome, changedOr, lockedFor, refused } from './actions.ts'
import { ownerOf } from './answer-owner.ts'
import { answerContext } from './factor-context.ts'
import { keepPending, withoutWait } from './pending.ts'
import { prove } from './prove.ts'
import { type ClaimedAnswer, logRefused, openAnew, refuseAnswer, refuseThrottled } from './refuse-answer.ts'
import {
  changeSignIn,
  hasNoRow,
  type OpenChallenge,
  openSealedState,
  type StoredSignIn,
  sealChallenge,
} from './state.ts'

/** An answer to a challenge that the policy offers, read by the challenge's factor. */
interface ReadAnswer extends Pick<ClaimedAnswer, 'opened'> {
  readonly challenge: OpenChallenge
  readonly offer: Offer
  readonly answer: Answer<BuiltFactor>
}

/** Charges an answer, has its factor verify it, and stores what comes of it: evidence, another question or a refusal. */
export async function judgeAnswer(
  app: AppContext,
  interaction: Interaction,
  stored: StoredSignIn,
  { challenge, offer, answer, opened }: ReadAnswer,
): Promise<ActionOutcome> {
  const factor: Factor<BuiltFactor, unknown> = factors[challenge.factor]
  const ids = challenge.authenticator ? [challenge.authenticator] : offer.authenticators
  const found = await ownerOf(app, stored.signIn, factor, answer, ids)
  const { handleIsKnown, isSomebodyElses, owner, ...charged } = found
  const hasProof = offer.authenticators !== null
  const device = await seenDeviceOf(app, interaction.devices, charged.account)
  const who = { ...charged, factor: challenge.factor, address: interaction.address, hasProof, device }
  const claim = await chargeAndClaim(app, interaction, stored, who)
  if (!claim) return refused('stale')
  const { claimed, attempt } = claim
  const claimedAnswer = { claimed, attempt, challenge, owner, opened, isFirst: hasNoRow(stored) }
  const locked = attempt.lockedUntil === null ? null : lockedFor(attempt.lockedUntil)
  if (locked && attempt.stopped === 'address') return refuseThrottled(app, interaction, claimedAnswer, locked)
  if (locked && attempt.stopped === 'name') return refuseAnswer(app, interaction, claimedAnswer, locked)

  const verifying = factor.verify(
    answerContext(app, attempt, { hasProof, handleIsKnown, isSomebodyElses }),
    answer,
    openSealedState(app, interaction.uid, challenge),
    offer,
  )
  const { records } = app.store
  const verdict = await orRefund(app, attempt, verifying).catch(async (error: unknown) => {
    await records.appendAll(opened).catch(() => {})
    throw error
  })
  if (verdict.is === 'again' || verdict.is === 'pending') await records.appendAll(opened)
  switch (verdict.is) {
    case 'proven':
      return orRefund(app, attempt, prove(app, interaction, claimedAnswer, verdict))
    case 'again':
      return askAgain(app, interaction, claimedAnswer, verdict)
    case 'refused':
      tellDisabled(app, attempt)
      if (verdict.unusable) tellUnusable(app, attempt, verdict)
      return refuseAnswer(app, interaction, claimedAnswer, locked ?? verdict.why, verdict.remark)
    case 'unavailable':
      await refundAttempt(app.store, attempt)
      if (factor.uses === 'once') await openAnew(app, interaction, claimedAnswer)
      return logRefused(app, interaction, claimedAnswer, verdict.why)
    case 'pending':
      if (!hasProof) throw new Error('Before the first proof a pending answer would tell who exists.')
      return orRefund(app, attempt, keepPending(app, interaction, claimedAnswer, verdict))
  }
}

/**
 * Claims the sign-in and charges the attempt in one transaction. Null when another answer was first: then this one
 * costs nothing.
 */
function chargeAndClaim(
  { store, config, now }: AppContext,
  { uid }: Interaction,
  stored: StoredSignIn,
  who: Answering,
) {
  const work = async (inside: Store) => {
    const { signIn } = stored
    const claiming = { ...signIn, challenge: signIn.challenge && withoutWait(signIn.challenge) }
    const claimed = await changeSignIn(inside, uid, stored, claiming)
    return claimed && { claimed, attempt: await chargeAttempt(inside, config.attempts, who, now().getTime()) }
  }
  // Committed before the verification, and synced before anybody learns its verdict.
  return store.transaction(work, { syncedWithAnswer: true })
}

/** Refunds the attempt when the work throws: a fault is ours, and no guess. */
const orRefund = <T>({ store }: AppContext, attempt: Attempt, work: Promise<T>): Promise<T> =>
  work.catch(async (error: unknown) => {
    await refundAttempt(store, attempt).catch(() => {})
    throw error
  })

/**
 * Warns the operator of an authenticator that wrong answers have shut, and that has to be bound anew; the person is
 * told what anybody is told.
 */
function tellDisabled({ config, log }: AppContext, { authenticators, count }: Attempt) {
  for (const { account, factor, id, ...one } of authenticators)
    if (count && one[count] >= mostFailures(factor, config.attempts))
      log.warn({ account, factor, authenticator: id, count }, 'wrong answers have shut an authenticator')
}

/** Warns the operator of an authenticator that can never be right: it has to be removed, and another one bound. */
function tellUnusable(
  { log }: AppContext,
  { authenticators }: Attempt,
  { remark }: Extract<Verdict, { is: 'refused' }>,
) {
  for (const { id, account, factor } of authenticators)
    log.warn({ account, factor, authenticator: id, remark }, 'an authenticator cannot be used')
}

/** Replaces a challenge by the next question of its factor. */
async function askAgain(
  app: AppContext,
  interaction: Interaction,
  { claimed, challenge }: ClaimedAnswer,
  { prompt, state }: Extract<Verdict, { is: 'again' }>,
): Promise<ActionOutcome> {
  // The verdict is of the challenge's factor, and so is its prompt.
  const opened = { prompt, state } as Opened<BuiltFactor, unknown>
  const changed = {
    ...claimed.signIn,
    challenge: sealChallenge(app, interaction.uid, challenge, opened),
    refusal: null,
  }
  return changedOr(await changeSignIn(app.store, interaction.uid, claimed, changed))
}
