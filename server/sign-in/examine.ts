import { z } from 'zod'
import { type Answer, type BuiltFactor, contracts } from '#shared/factors/index.ts'
import type { Refusal } from '#shared/refusal.ts'
import { canonical } from '../canonical.ts'
import type { Factor, Verdict } from '../factors/factor.ts'
import { factors } from '../factors/index.ts'
import {
  type Answering,
  type Attempt,
  chargeAttempt,
  isDisabled,
  refundAttempt,
  settleAttempt,
} from '../guard/attempt.ts'
import type { House } from '../house.ts'
import type { Waiting } from '../provider/finish.ts'
import { judgingContext } from './context.ts'
import { bare, changedOr, judge, no, type Outcome } from './desk.ts'
import { offered, trailOf } from './open.ts'
import { changeSignIn, type Kept, keptOf, type SignIn } from './state.ts'

const answering = bare.extend({ challenge: z.string(), answer: z.unknown() })

/** Room 5: an answer to the open challenge, into evidence or a refusal. */
export async function examine(house: House, waiting: Waiting, kept: Kept, fields: unknown): Promise<Outcome> {
  const parsed = answering.safeParse(fields)
  if (!parsed.success) return no('bad-request')
  const { challenge } = kept.signIn
  const offer = challenge && offered(await judge(house, waiting, kept.signIn), challenge)
  if (!challenge || !offer) return no('not-offered')
  const isOpen = parsed.data.challenge === challenge.id && !challenge.spent
  if (parsed.data.revision !== kept.revision || !isOpen) return no('stale')
  const answer = contracts[challenge.factor].challenge.answer.safeParse(parsed.data.answer)
  if (!answer.success) return no('bad-request')

  const factor: Factor<BuiltFactor, unknown> = factors[challenge.factor]
  const ids = challenge.authenticator ? [challenge.authenticator] : offer.authenticators
  const found = await foundBy(house, kept.signIn, factor, answer.data, ids)
  const who = { ...found, factor: challenge.factor, address: waiting.address }
  const charged = await chargeAndClaim(house, waiting, kept, who)
  if (!charged) return no('stale')
  const { claimed, attempt } = charged
  const locked = attempt.lockedUntil === null ? null : lockedUntil(attempt.lockedUntil)
  if (locked && attempt.stopped === 'address') return { why: locked }
  if (locked && attempt.stopped === 'name') return refuse(house, waiting, claimed, locked)

  const judging = factor.verify(
    judgingContext(house, attempt, offer.authenticators !== null),
    answer.data,
    keptOf(house, waiting.uid, challenge),
    offer,
  )
  const verdict = await orRefund(house, attempt, judging)
  switch (verdict.is) {
    case 'proven':
      return orRefund(house, attempt, prove(house, waiting, claimed, verdict, attempt))
    case 'refused':
      tellDisabled(house, attempt)
      return refuse(house, waiting, claimed, locked ?? verdict.why)
    case 'unavailable':
      await refundAttempt(house.store, house.config.attempts, attempt)
      return { why: verdict.why }
  }
}

/** Whom an answer is charged to, and by what it is judged: the named person's, or the one that says which it is. */
async function foundBy(
  { store }: House,
  { username, named, account }: SignIn,
  { contract, handleOf }: Factor<BuiltFactor, unknown>,
  answer: Answer<BuiltFactor>,
  ids: Answering['ids'],
): Promise<Pick<Answering, 'name' | 'account' | 'ids'>> {
  if (!handleOf) return { name: canonical(username), account, ids }
  const handle = handleOf(answer)
  const one = handle === null ? null : await store.authenticators.find(contract.id, handle)
  const isTheirs = one && (!named || one.account === account) && (ids?.includes(one.id) ?? true)
  const only = isTheirs ? [one.id] : []
  return named
    ? { name: canonical(username), account, ids: only }
    : { name: handle, account: one?.account ?? null, ids: only }
}

/** Of two answers at once, one goes on from here: the other one costs nothing and is told what is open now. */
function chargeAndClaim({ store, config, now }: House, { uid }: Waiting, kept: Kept, who: Answering) {
  return store.transaction(async (inside) => {
    const claimed = await changeSignIn(inside, uid, kept.revision, kept.signIn)
    return claimed && { claimed, attempt: await chargeAttempt(inside, config.attempts, who, now().getTime()) }
  })
}

/** What breaks is our side. */
const orRefund = <T>({ store, config }: House, attempt: Attempt, work: Promise<T>): Promise<T> =>
  work.catch(async (error: unknown) => {
    await refundAttempt(store, config.attempts, attempt).catch(() => {})
    throw error
  })

/** For the operator, who has to bind it anew; the person is told what anybody is told. */
function tellDisabled({ config, log }: House, { authenticators }: Attempt) {
  for (const one of authenticators.filter((each) => isDisabled(each, config.attempts)))
    log.warn({ account: one.account, factor: one.factor, authenticator: one.id }, 'an authenticator is disabled')
}

async function refuse(
  { store, now }: House,
  waiting: Waiting,
  { signIn, revision }: Kept,
  why: Refusal,
): Promise<Outcome> {
  const { challenge } = signIn
  if (!challenge) return no('not-offered')
  const { factor, authenticator } = challenge
  const entry = { kind: 'refused', ...trailOf(waiting, signIn), factor, authenticator, why: why.code } as const
  const spent = factors[factor].uses === 'once'
  return store.transaction(async (inside) => {
    await inside.records.append(entry, now().getTime())
    return changedOr(
      await changeSignIn(inside, waiting.uid, revision, {
        ...signIn,
        challenge: { ...challenge, spent },
        refusal: why,
        refusals: signIn.refusals + 1,
      }),
    )
  })
}

/** What is spent, the evidence and the sign-in change together, or not at all. */
async function prove(
  house: House,
  waiting: Waiting,
  { signIn, revision }: Kept,
  { account, authenticator, proof, spends, ifSpent }: Extract<Verdict, { is: 'proven' }>,
  attempt: Attempt,
): Promise<Outcome> {
  const { challenge } = signIn
  if (!challenge) return no('not-offered')
  const { store, config, now } = house
  const { factor } = challenge
  const entry = { kind: 'proven', ...trailOf(waiting, signIn), account, factor, authenticator, proof } as const
  const { username } = signIn.named ? signIn : ((await store.people.get(account)) ?? signIn)
  const changed: SignIn = { ...signIn, account, username, named: true, challenge: null, choosing: false, refusal: null }
  try {
    return await store.transaction(async (inside) => {
      const kept = await changeSignIn(inside, waiting.uid, revision, changed)
      const settled = await settleAttempt(inside, config.attempts, attempt, authenticator, now().getTime())
      if (!kept || !settled) throw new SomebodyElseWasFirst()
      for (const update of spends) if (!(await inside.authenticators.update(update))) throw new SpentBefore()
      await inside.records.append(entry, now().getTime())
      return { kept }
    })
  } catch (error) {
    if (error instanceof SpentBefore && ifSpent) return refuse(house, waiting, { signIn, revision }, ifSpent)
    if (error instanceof SomebodyElseWasFirst) return no('stale')
    throw error
  }
}

class SomebodyElseWasFirst extends Error {}
class SpentBefore extends SomebodyElseWasFirst {}

const lockedUntil = (instant: number): Refusal => ({ code: 'locked', until: new Date(instant).toISOString() })
