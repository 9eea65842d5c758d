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
import type { House } from '../context/app-context.ts'
import { personOf } from '../evidence/counting.ts'
import type { Factor, Judging, Opened, Verdict } from '../factors/contract/factor.ts'
import { returnedAnswer } from '../factors/contract/handoff.ts'
import { siteOf } from '../factors/contract/site.ts'
import { factors } from '../factors/registry.ts'
import type { Waiting } from '../provider/finish.ts'
import type { Person } from '../store/store.ts'
import { judgingContext } from './context.ts'
import { bare, changedOr, lockedUntil, no, type Outcome } from './desk.ts'
import { judge } from './judge.ts'
import { offered } from './open.ts'
import { type Examined, openAnew, refuse, told, turnedAway } from './refuse.ts'
import { changeSignIn, type Kept, keeping, keptOf, rowOf, type SignIn, trailOf } from './state.ts'

const answering = bare.extend({ challenge: z.string(), answer: z.unknown() })

/** Room 5: an answer to an open challenge, into evidence or a refusal. */
export async function examine(house: House, waiting: Waiting, kept: Kept, fields: unknown): Promise<Outcome> {
  const parsed = answering.safeParse(fields)
  if (!parsed.success) return no('bad-request')
  const { beside, challenge: asked } = kept.signIn
  const challenge = beside.find(({ id }) => id === parsed.data.challenge) ?? asked ?? beside[0]
  const offer = challenge && offered(await judge(house, waiting, kept.signIn), challenge)
  if (!challenge || !offer) return no('not-offered')
  const isOpen = parsed.data.challenge === challenge.id && !challenge.spent
  if (parsed.data.revision !== kept.revision || !isOpen) return no('stale')
  const factor: Factor<BuiltFactor, unknown> = factors[challenge.factor]
  const row = rowOf(waiting.uid, challenge.id)
  const given = traitsOf(factor.contract.id).elsewhere
    ? returnedAnswer(house, row, parsed.data.answer)
    : parsed.data.answer
  const answer = contracts[challenge.factor].challenge.answer.safeParse(given)
  if (!answer.success) return no('bad-request')

  const ids = challenge.authenticator ? [challenge.authenticator] : offer.authenticators
  const { exists, isSomebodyElses, ...found } = await foundBy(house, kept.signIn, factor, answer.data, ids)
  const known = offer.authenticators !== null
  const device = await seenDeviceOf(house, waiting.devices, found.account)
  const who = { ...found, factor: challenge.factor, address: waiting.address, known, device }
  const charged = await chargeAndClaim(house, waiting, kept, who)
  if (!charged) return no('stale')
  const { claimed, attempt } = charged
  const examined = { claimed, attempt, challenge }
  const locked = attempt.lockedUntil === null ? null : lockedUntil(attempt.lockedUntil)
  if (locked && attempt.stopped === 'address') return turnedAway(house, waiting, examined, locked)
  if (locked && attempt.stopped === 'name') return refuse(house, waiting, examined, locked)

  const judging = factor.verify(
    judgingContext(house, attempt, { known, exists, isSomebodyElses }),
    answer.data,
    keptOf(house, waiting.uid, challenge),
    offer,
  )
  const verdict = await orRefund(house, attempt, judging)
  switch (verdict.is) {
    case 'proven':
      return orRefund(house, attempt, prove(house, waiting, examined, verdict))
    case 'again':
      return askAgain(house, waiting, examined, verdict)
    case 'refused':
      tellDisabled(house, attempt)
      if (verdict.unusable) tellUnusable(house, attempt, verdict)
      return refuse(house, waiting, examined, locked ?? verdict.why, verdict.remark)
    case 'unavailable':
      await refundAttempt(house.store, attempt)
      if (factor.uses === 'once') await openAnew(house, waiting, examined)
      return told(house, waiting, examined, verdict.why)
  }
}

type Found = Pick<Answering, 'name' | 'account' | 'ids'> & Pick<Judging, 'exists' | 'isSomebodyElses'>

/** Whom an answer is charged to, and by what it is judged: the named person's, or the one that says which it is. */
async function foundBy(
  house: House,
  { username, named, account }: SignIn,
  { contract, handleOf }: Factor<BuiltFactor, unknown>,
  answer: Answer<BuiltFactor>,
  ids: Answering['ids'],
): Promise<Found> {
  const name = canonical(username)
  if (!handleOf) return { name, account, ids, exists: true, isSomebodyElses: false }
  const handle = handleOf(answer)
  const one = handle === null ? null : await house.store.authenticators.find(contract.id, handle)
  // Of somebody who is disabled nothing is right, though it is there.
  const isOn = one !== null && !(await personOf(house, one.account))?.disabled
  const isTheirs = isOn && (!named || one.account === account) && (ids?.includes(one.id) ?? true)
  const about = { exists: one !== null, isSomebodyElses: named && one !== null && one.account !== account }
  // What is none of theirs is no guess at theirs: a stranger locks nobody out of what cannot be guessed.
  return isTheirs
    ? { name: handle, account: one.account, ids: [one.id], ...about }
    : { name: handle, account: null, ids: [], ...about }
}

/** Of two answers at once, one goes on from here: the other one costs nothing and is told what is open now. */
function chargeAndClaim({ store, config, now }: House, { uid }: Waiting, kept: Kept, who: Answering) {
  return store.transaction(async (inside) => {
    const claimed = await changeSignIn(inside, uid, kept.revision, kept.signIn)
    return claimed && { claimed, attempt: await chargeAttempt(inside, config.attempts, who, now().getTime()) }
  })
}

/** What breaks is our side. */
const orRefund = <T>({ store }: House, attempt: Attempt, work: Promise<T>): Promise<T> =>
  work.catch(async (error: unknown) => {
    await refundAttempt(store, attempt).catch(() => {})
    throw error
  })

/** For the operator, who has to bind it anew; the person is told what anybody is told. */
function tellDisabled({ config, log }: House, { authenticators, count }: Attempt) {
  for (const { account, factor, id, ...one } of authenticators)
    if (count && one[count] >= mostFailures(factor, config.attempts))
      log.warn({ account, factor, authenticator: id, count }, 'wrong answers have shut an authenticator')
}

/** For the operator, too: it has to be removed, and another one bound. */
function tellUnusable({ log }: House, { authenticators }: Attempt, { remark }: Extract<Verdict, { is: 'refused' }>) {
  for (const { id, account, factor } of authenticators)
    log.warn({ account, factor, authenticator: id, remark }, 'an authenticator cannot be used')
}

/** Another question of the same challenge takes its place. */
async function askAgain(
  house: House,
  waiting: Waiting,
  { claimed: { signIn, revision }, challenge }: Examined,
  { prompt, kept }: Extract<Verdict, { is: 'again' }>,
): Promise<Outcome> {
  // The verdict was that of the factor: its prompt is, too.
  const opened = { prompt, kept } as Opened<BuiltFactor, unknown>
  const changed = { ...signIn, challenge: keeping(house, waiting.uid, challenge, opened), refusal: null }
  return changedOr(await changeSignIn(house.store, waiting.uid, revision, changed))
}

/** What is spent, the evidence and the sign-in change together, or not at all. */
async function prove(
  house: House,
  waiting: Waiting,
  examined: Examined,
  { account, authenticator, proof, spends, ifSpent, remark }: Extract<Verdict, { is: 'proven' }>,
): Promise<Outcome> {
  const { store, now } = house
  const { claimed, challenge, attempt } = examined
  const { signIn, revision } = claimed
  const { factor } = challenge
  const noted = remark ? { remark } : {}
  const entry = {
    kind: 'proven',
    ...trailOf(waiting, signIn),
    account,
    factor,
    authenticator,
    proof,
    ...noted,
  } as const
  const person = await store.people.get(account)
  const { username } = signIn.named ? signIn : (person ?? signIn)
  const after = { challenge: null, beside: [], aside: [], choosing: false, refusal: null }
  const changed: SignIn = { ...signIn, ...after, account, username, named: true }
  try {
    const kept = await store.transaction(async (inside) => {
      const kept = await changeSignIn(inside, waiting.uid, revision, changed)
      const settled = await settleAttempt(inside, attempt, authenticator, now().getTime())
      if (!kept || !settled) throw new SomebodyElseWasFirst()
      for (const update of spends) if (!(await inside.authenticators.update(update))) throw new SpentBefore()
      await inside.records.append(entry, now().getTime())
      return kept
    })
    return { kept, ...(await newsFor(house, factor, person)) }
  } catch (error) {
    if (error instanceof SpentBefore && ifSpent) return refuse(house, waiting, examined, ifSpent)
    if (!(error instanceof SomebodyElseWasFirst)) throw error
    // It was right, and no guess: who was first decides what is open now, and nobody pays for it.
    await refundAttempt(store, attempt)
    return no('stale')
  }
}

/** What the browser may know now of all that somebody has of a factor. */
async function newsFor(house: House, factor: BuiltFactor, person: Person | null): Promise<{ readonly news?: News }> {
  const { told }: Factor<BuiltFactor, unknown> = factors[factor]
  if (!told || !person) return {}
  const own = await house.store.authenticators.list(person.id, factor)
  return { news: { factor, told: told(siteOf(house), person, own) } as News }
}

class SomebodyElseWasFirst extends Error {}
class SpentBefore extends SomebodyElseWasFirst {}
