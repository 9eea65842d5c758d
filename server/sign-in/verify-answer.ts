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
import type { Person } from '../store/store.ts'
import { type ActionOutcome, actionFields, changedOr, lockedFor, refused } from './actions.ts'
import { decideNext } from './decide-next.ts'
import { answerContext } from './factor-context.ts'
import { offerFor } from './open-challenge.ts'
import { isTooEarly, keepPending } from './pending.ts'
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

/** Room 5: an answer to an open challenge, into evidence or a refusal. */
export async function verifyAnswer(
  app: AppContext,
  interaction: Interaction,
  stored: StoredSignIn,
  fields: unknown,
): Promise<ActionOutcome> {
  const parsed = answering.safeParse(fields)
  if (!parsed.success) return refused('bad-request')
  const { usernameless, challenge: asked } = stored.signIn
  const challenge = usernameless.find(({ id }) => id === parsed.data.challenge) ?? asked ?? usernameless[0]
  const offer = challenge && offerFor(await decideNext(app, interaction, stored.signIn), challenge)
  if (!challenge || !offer) return refused('not-offered')
  const isOpen = parsed.data.challenge === challenge.id && !challenge.spent
  if (isOpen && (await isTooEarly(app, interaction, challenge))) return { stored }
  if (parsed.data.revision !== stored.revision || !isOpen) return refused('stale')
  const factor: Factor<BuiltFactor, unknown> = factors[challenge.factor]
  const row = rowOf(interaction.uid, challenge.id)
  const given = traitsOf(factor.contract.id).elsewhere
    ? returnedAnswer(app, row, parsed.data.answer)
    : parsed.data.answer
  const answer = contracts[challenge.factor].challenge.answer.safeParse(given)
  if (!answer.success) return refused('bad-request')

  const ids = challenge.authenticator ? [challenge.authenticator] : offer.authenticators
  const { exists, isSomebodyElses, ...found } = await foundBy(app, stored.signIn, factor, answer.data, ids)
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
    answerContext(app, attempt, { hasProof, exists, isSomebodyElses }),
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
      return orRefund(app, attempt, keepPending(app, interaction, claimedAnswer, verdict))
  }
}

type Found = Pick<Answering, 'name' | 'account' | 'ids'> & Pick<AnswerContext, 'exists' | 'isSomebodyElses'>

/** Whom an answer is charged to, and by what it is judged: the named person's, or the one that says which it is. */
async function foundBy(
  app: AppContext,
  { username, named, account }: SignIn,
  { contract, handleOf }: Factor<BuiltFactor, unknown>,
  answer: Answer<BuiltFactor>,
  ids: Answering['ids'],
): Promise<Found> {
  const name = canonical(username)
  if (!handleOf) return { name, account, ids, exists: true, isSomebodyElses: false }
  const handle = handleOf(answer)
  const one = handle === null ? null : await app.store.authenticators.find(contract.id, handle)
  // Of somebody who is disabled nothing is right, though it is there.
  const isOn = one !== null && !(await personOf(app, one.account))?.disabled
  const isTheirs = isOn && (!named || one.account === account) && (ids?.includes(one.id) ?? true)
  const about = { exists: one !== null, isSomebodyElses: named && one !== null && one.account !== account }
  // What is none of theirs is no guess at theirs: a stranger locks nobody out of what cannot be guessed.
  return isTheirs
    ? { name: handle, account: one.account, ids: [one.id], ...about }
    : { name: handle, account: null, ids: [], ...about }
}

/** Of two answers at once, one goes on from here: the other one costs nothing and is told what is open now. */
function chargeAndClaim(
  { store, config, now }: AppContext,
  { uid }: Interaction,
  stored: StoredSignIn,
  who: Answering,
) {
  return store.transaction(async (inside) => {
    const claimed = await changeSignIn(inside, uid, stored.revision, stored.signIn)
    return claimed && { claimed, attempt: await chargeAttempt(inside, config.attempts, who, now().getTime()) }
  })
}

/** What breaks is our side. */
const orRefund = <T>({ store }: AppContext, attempt: Attempt, work: Promise<T>): Promise<T> =>
  work.catch(async (error: unknown) => {
    await refundAttempt(store, attempt).catch(() => {})
    throw error
  })

/** For the operator, who has to bind it anew; the person is told what anybody is told. */
function tellDisabled({ config, log }: AppContext, { authenticators, count }: Attempt) {
  for (const { account, factor, id, ...one } of authenticators)
    if (count && one[count] >= mostFailures(factor, config.attempts))
      log.warn({ account, factor, authenticator: id, count }, 'wrong answers have shut an authenticator')
}

/** For the operator, too: it has to be removed, and another one bound. */
function tellUnusable(
  { log }: AppContext,
  { authenticators }: Attempt,
  { remark }: Extract<Verdict, { is: 'refused' }>,
) {
  for (const { id, account, factor } of authenticators)
    log.warn({ account, factor, authenticator: id, remark }, 'an authenticator cannot be used')
}

/** Another question of the same challenge takes its place. */
async function askAgain(
  app: AppContext,
  interaction: Interaction,
  { claimed: { signIn, revision }, challenge }: ClaimedAnswer,
  { prompt, state }: Extract<Verdict, { is: 'again' }>,
): Promise<ActionOutcome> {
  // The verdict was that of the factor: its prompt is, too.
  const opened = { prompt, state } as Opened<BuiltFactor, unknown>
  const changed = { ...signIn, challenge: sealChallenge(app, interaction.uid, challenge, opened), refusal: null }
  return changedOr(await changeSignIn(app.store, interaction.uid, revision, changed))
}

/** What is spent, the evidence and the sign-in change together, or not at all. */
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
  const after = { challenge: null, usernameless: [], sentChallenges: [], choosing: false, refusal: null }
  const changed: SignIn = { ...signIn, ...after, account, username, named: true }
  try {
    const stored = await store.transaction(async (inside) => {
      const stored = await changeSignIn(inside, interaction.uid, revision, changed)
      const settled = await settleAttempt(inside, attempt, authenticator, now().getTime())
      if (!stored || !settled) throw new SomebodyElseWasFirst()
      for (const update of spends) if (!(await inside.authenticators.update(update))) throw new SpentBefore()
      await inside.records.append(entry, now().getTime())
      return stored
    })
    return { stored, ...(await newsFor(app, factor, person)) }
  } catch (error) {
    if (error instanceof SpentBefore && ifSpent) return refuseAnswer(app, interaction, claimedAnswer, ifSpent)
    if (!(error instanceof SomebodyElseWasFirst)) throw error
    // It was right, and no guess: who was first decides what is open now, and nobody pays for it.
    await refundAttempt(store, attempt)
    return refused('stale')
  }
}

/** What the browser may know now of all that somebody has of a factor. */
async function newsFor(app: AppContext, factor: BuiltFactor, person: Person | null): Promise<{ readonly news?: News }> {
  const { told }: Factor<BuiltFactor, unknown> = factors[factor]
  if (!told || !person) return {}
  const own = await app.store.authenticators.list(person.id, factor)
  return { news: { factor, told: told(siteOf(app), person, own) } as News }
}

class SomebodyElseWasFirst extends Error {}
class SpentBefore extends SomebodyElseWasFirst {}
