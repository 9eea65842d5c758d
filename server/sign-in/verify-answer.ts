import { z } from 'zod'
import { type Answer, type BuiltFactor, contracts } from '#shared/factors/index.ts'
import { traitsOf } from '#shared/factors/table.ts'
import { canonical } from '#shared/username.ts'
import type { News } from '#shared/wire/view.ts'
import {
  type Answering,
  type Attempt,
  chargeAttempt,
  mostFailures,
  refundAttempt,
  settleAttempt,
} from '../attempts/attempt.ts'
import { seenDeviceOf } from '../attempts/device-cookie.ts'
import type { AppContext } from '../context/app-context.ts'
import { personOf } from '../evidence/counting.ts'
import type { AnswerContext, Factor, Opened, Verdict } from '../factors/contract/factor.ts'
import { returnedAnswer } from '../factors/contract/handoff.ts'
import { siteOf } from '../factors/contract/site.ts'
import { factors } from '../factors/registry.ts'
import type { Interaction } from '../provider/interactions.ts'
import type { Person, Store } from '../store/store.ts'
import { type ActionOutcome, actionFields, changedOr, lockedFor, refused } from './actions.ts'
import { decideNext } from './decide-next.ts'
import { answerContext } from './factor-context.ts'
import { offerFor } from './open-challenge.ts'
import { isTooEarly, keepPending, withoutWait } from './pending.ts'
import { type ClaimedAnswer, logRefused, openAnew, refuseAnswer, refuseThrottled } from './refuse-answer.ts'
import {
  auditFields,
  changeSignIn,
  openSealedState,
  rowOf,
  type SignIn,
  type StoredSignIn,
  sealChallenge,
} from './state.ts'

const answering = actionFields.extend({ challenge: z.string(), answer: z.unknown() })

/** Verifies an answer to an open challenge, into evidence, another question or a refusal. */
export async function verifyAnswer(
  app: AppContext,
  interaction: Interaction,
  stored: StoredSignIn,
  fields: unknown,
): Promise<ActionOutcome> {
  const parsed = answering.safeParse(fields)
  if (!parsed.success) return refused('bad-request')
  const { usernameless, challenge: asked } = stored.signIn
  const answered = usernameless.find(({ id }) => id === parsed.data.challenge) ?? asked ?? usernameless[0]
  const offer = answered && offerFor(await decideNext(app, interaction, stored.signIn), answered)
  if (!answered || !offer) return refused('not-offered')
  const isOpen = parsed.data.challenge === answered.id && !answered.spent
  if (isOpen && (await isTooEarly(app, interaction, answered))) return { stored }
  if (parsed.data.revision !== stored.revision || !isOpen) return refused('stale')
  const challenge = withoutWait(answered)
  const factor: Factor<BuiltFactor, unknown> = factors[challenge.factor]
  const row = rowOf(interaction.uid, challenge.id)
  const given = traitsOf(factor.contract.id).elsewhere
    ? returnedAnswer(app, row, parsed.data.answer)
    : parsed.data.answer
  const answer = contracts[challenge.factor].challenge.answer.safeParse(given)
  if (!answer.success) return refused('bad-request')

  const ids = challenge.authenticator ? [challenge.authenticator] : offer.authenticators
  const { handleIsKnown, isSomebodyElses, ...found } = await foundBy(app, stored.signIn, factor, answer.data, ids)
  const hasProof = offer.authenticators !== null
  const device = await seenDeviceOf(app, interaction.devices, found.account)
  const who = { ...found, factor: challenge.factor, address: interaction.address, hasProof, device }
  const charged = await chargeAndClaim(app, interaction, stored, who)
  if (!charged) return refused('stale')
  const { claimed, attempt } = charged
  const claimedAnswer = { claimed, attempt, challenge }
  const locked = attempt.lockedUntil === null ? null : lockedFor(attempt.lockedUntil)
  if (locked && attempt.stopped === 'address') return refuseThrottled(app, interaction, claimedAnswer, locked)
  if (locked && attempt.stopped === 'name') return refuseAnswer(app, interaction, claimedAnswer, locked)

  const verifying = factor.verify(
    answerContext(app, attempt, { hasProof, handleIsKnown, isSomebodyElses }),
    answer.data,
    openSealedState(app, interaction.uid, challenge),
    offer,
  )
  const verdict = await orRefund(app, attempt, verifying)
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

type Found = Pick<Answering, 'name' | 'account' | 'ids'> & Pick<AnswerContext, 'handleIsKnown' | 'isSomebodyElses'>

/**
 * The name that an answer is charged to, and the authenticators that it is verified with: the named person's, or the
 * one whose handle the answer carries.
 */
async function foundBy(
  app: AppContext,
  { username, named, account }: SignIn,
  { contract, handleOf }: Factor<BuiltFactor, unknown>,
  answer: Answer<BuiltFactor>,
  ids: Answering['ids'],
): Promise<Found> {
  const name = canonical(username)
  if (!handleOf) return { name, account, ids, handleIsKnown: true, isSomebodyElses: false }
  const handle = handleOf(answer)
  const one = handle === null ? null : await app.store.authenticators.find(contract.id, handle)
  // An authenticator of a disabled person proves nothing, though it exists.
  const isOn = one !== null && !(await personOf(app, one.account))?.disabled
  const isTheirs = isOn && (!named || one.account === account) && (ids?.includes(one.id) ?? true)
  const about = { handleIsKnown: one !== null, isSomebodyElses: named && one !== null && one.account !== account }
  // An unknown or foreign credential is charged to its own handle and not to the named account: presenting passkeys of
  // others cannot lock that account.
  return isTheirs
    ? { name: handle, account: one.account, ids: [one.id], ...about }
    : { name: handle, account: null, ids: [], ...about }
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
    const claimed = await changeSignIn(inside, uid, stored.revision, claiming)
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
  { claimed: { signIn, revision }, challenge }: ClaimedAnswer,
  { prompt, state }: Extract<Verdict, { is: 'again' }>,
): Promise<ActionOutcome> {
  // The verdict is of the challenge's factor, and so is its prompt.
  const opened = { prompt, state } as Opened<BuiltFactor, unknown>
  const changed = { ...signIn, challenge: sealChallenge(app, interaction.uid, challenge, opened), refusal: null }
  return changedOr(await changeSignIn(app.store, interaction.uid, revision, changed))
}

/** Changes what is spent, the evidence and the sign-in together, or not at all. */
async function prove(
  app: AppContext,
  interaction: Interaction,
  claimedAnswer: ClaimedAnswer,
  { account, authenticator, proof, spends, ifSpent, remark }: Extract<Verdict, { is: 'proven' }>,
): Promise<ActionOutcome> {
  const { store, now } = app
  const { claimed, challenge, attempt } = claimedAnswer
  const { signIn, revision } = claimed
  const { factor } = challenge
  const noted = remark ? { remark } : {}
  const entry = {
    kind: 'proven',
    ...auditFields(interaction, signIn),
    account,
    factor,
    authenticator,
    proof,
    ...noted,
  } as const
  const person = await store.people.get(account)
  const { username } = signIn.named ? signIn : (person ?? signIn)
  const blank = { challenge: null, usernameless: [], sentChallenges: [], choosing: false, refusal: null }
  const changed: SignIn = { ...signIn, ...(blank satisfies Partial<SignIn>), account, username, named: true }
  try {
    const proving = async (inside: Store) => {
      const stored = await changeSignIn(inside, interaction.uid, revision, changed)
      const settled = await settleAttempt(inside, attempt, authenticator, now().getTime())
      if (!stored || !settled) throw new SomebodyElseWasFirst()
      for (const update of spends) if (!(await inside.authenticators.update(update))) throw new SpentBefore()
      await inside.records.append(entry, now().getTime())
      return stored
    }
    const stored = await store.transaction(proving, { committedWithAnswer: true })
    return { stored, ...(await newsFor(app, factor, person)) }
  } catch (error) {
    if (error instanceof SpentBefore && ifSpent) return refuseAnswer(app, interaction, claimedAnswer, ifSpent)
    if (!(error instanceof SomebodyElseWasFirst)) throw error
    // A right answer is no guess and is refunded; the answer that was first decides what is open now.
    await refundAttempt(store, attempt)
    return refused('stale')
  }
}

/** News for the browser about all of the person's authenticators of a factor. */
async function newsFor(app: AppContext, factor: BuiltFactor, person: Person | null): Promise<{ readonly news?: News }> {
  const { told }: Factor<BuiltFactor, unknown> = factors[factor]
  if (!told || !person) return {}
  const theirs = await app.store.authenticators.list(person.id, factor)
  return { news: { factor, told: told(siteOf(app), person, theirs) } as News }
}

class SomebodyElseWasFirst extends Error {}
class SpentBefore extends SomebodyElseWasFirst {}
