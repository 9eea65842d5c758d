import type { Refusal } from '#shared/refusal.ts'
import type { Attempt } from '../attempts/attempt.ts'
import type { House } from '../context/app-context.ts'
import { factors } from '../factors/registry.ts'
import type { Waiting } from '../provider/finish.ts'
import { besideOf, noteBeside } from './beside.ts'
import { changedOr, type Outcome } from './desk.ts'
import { changeSignIn, type Kept, type OpenChallenge, type SignIn, trailOf } from './state.ts'

/** An answer that was claimed and charged: nobody else's counts from here on. */
export interface Examined {
  readonly claimed: Kept
  readonly challenge: OpenChallenge
  readonly attempt: Attempt
}

/** A challenge that was answered: it is opened anew where it serves once, and always where nobody is named. */
async function served(house: House, waiting: Waiting, signIn: SignIn, challenge: OpenChallenge) {
  return signIn.challenge?.id === challenge.id
    ? { challenge: { ...challenge, spent: factors[challenge.factor].uses === 'once' } }
    : { beside: await besideOf(house, waiting, signIn) }
}

/** It came to nothing, and can be answered once more. */
export async function openAnew(house: House, waiting: Waiting, { claimed, challenge }: Examined): Promise<void> {
  const { signIn, revision } = claimed
  const changed = { ...signIn, ...(await served(house, waiting, signIn, challenge)) }
  const done = await changeSignIn(house.store, waiting.uid, revision, changed)
  if (done && changed.beside !== signIn.beside) await noteBeside(house, waiting, changed)
}

/** What is written of an answer that was refused. */
function refusalOf(waiting: Waiting, { claimed: { signIn }, challenge, attempt }: Examined, why: Refusal) {
  const { factor } = challenge
  // An authenticator that says which one it is, is the one that was charged.
  const [own] = 'handleOf' in factors[factor] ? attempt.authenticators : []
  const account = signIn.account ?? attempt.account
  const authenticator = own?.id ?? challenge.authenticator
  return { kind: 'refused', ...trailOf(waiting, signIn), account, factor, authenticator, why: why.code } as const
}

/** For the operator's own records: in ours, wrong answers of a sign-in in which nothing is proven are gone after a day. */
function logRefusal({ log }: House, { kind: _, run: __, ...entry }: ReturnType<typeof refusalOf>, remark?: string) {
  log.info({ ...entry, ...(remark ? { remark } : {}) }, 'an answer was refused')
}

/**
 * Nothing was verified, or nothing came of it: that is written down, and the challenge stays as it is. No count of wrong
 * answers bounds how often: it is one of the openings that the address has.
 */
export async function told(house: House, waiting: Waiting, examined: Examined, why: Refusal): Promise<Outcome> {
  house.openings.spend(waiting.address)
  const entry = refusalOf(waiting, examined, why)
  await house.store.records.append(entry, house.now().getTime())
  logRefusal(house, entry)
  return { why }
}

/** An address that has to wait: nothing was looked at, and so it goes on until the sign-in has had enough. */
export async function turnedAway(house: House, waiting: Waiting, examined: Examined, why: Refusal): Promise<Outcome> {
  const { signIn, revision } = examined.claimed
  await changeSignIn(house.store, waiting.uid, revision, { ...signIn, refusals: signIn.refusals + 1 })
  return told(house, waiting, examined, why)
}

/** An answer that was wrong, or is not looked at: one of those that a sign-in has. */
export async function refuse(
  house: House,
  waiting: Waiting,
  examined: Examined,
  why: Refusal,
  remark?: string,
): Promise<Outcome> {
  const { claimed, challenge } = examined
  const { signIn, revision } = claimed
  const refused = refusalOf(waiting, examined, why)
  const entry = { ...refused, ...(remark ? { remark } : {}) }
  logRefusal(house, refused, remark)
  const refusals = signIn.refusals + 1
  const changed: SignIn = { ...signIn, refusals, refusal: why, ...(await served(house, waiting, signIn, challenge)) }
  const outcome = await house.store.transaction(async (inside) => {
    await inside.records.append(entry, house.now().getTime())
    return changedOr(await changeSignIn(inside, waiting.uid, revision, changed))
  })
  if ('kept' in outcome && changed.beside !== signIn.beside) await noteBeside(house, waiting, changed)
  return outcome
}
