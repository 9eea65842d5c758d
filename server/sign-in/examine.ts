import { z } from 'zod'
import { type BuiltFactor, contracts } from '#shared/factors/index.ts'
import type { Refusal } from '#shared/refusal.ts'
import { canonical } from '../canonical.ts'
import type { Factor, Verdict } from '../factors/factor.ts'
import { factors } from '../factors/index.ts'
import { type Charge, charge, refund } from '../guard/throttle.ts'
import type { House } from '../house.ts'
import type { Waiting } from '../provider/finish.ts'
import { contextOf } from './context.ts'
import { bare, changedOr, judge, no, type Outcome } from './desk.ts'
import { offered, trailOf } from './open.ts'
import { changeSignIn, type Kept, type SignIn } from './state.ts'

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

  // Of two answers at once, one goes on from here: the other one costs nothing and is told what is open now.
  const claimed = await changeSignIn(house.store, waiting.uid, kept.revision, kept.signIn)
  if (!claimed) return no('stale')
  const attempt = await chargeBoth(house, challenge.factor, kept.signIn)
  if (attempt.lockedUntil !== null && !attempt.ok)
    return refuse(house, waiting, claimed, lockedUntil(attempt.lockedUntil))

  // An account that is locked under another of its names is not told apart from nobody's: the same work, the same answer.
  const whose = attempt.ok ? kept.signIn : { ...kept.signIn, account: null }
  const ids = challenge.authenticator ? [challenge.authenticator] : offer.authenticators
  const context = contextOf(house, whose, challenge.factor, ids)
  const factor: Factor<BuiltFactor, unknown> = factors[challenge.factor]
  const verdict = await factor.verify(context, answer.data, challenge.kept, offer).catch(async (error: unknown) => {
    await attempt.refund()
    throw error
  })
  switch (verdict.is) {
    case 'proven':
      return prove(house, waiting, claimed, verdict, attempt.keys)
    case 'refused':
      return refuse(
        house,
        waiting,
        claimed,
        attempt.lockedUntil === null ? verdict.why : lockedUntil(attempt.lockedUntil),
      )
    case 'unavailable':
      await attempt.refund()
      return { why: verdict.why }
  }
}

/**
 * Charges the name as typed and the account behind it. Only the name's own lock is shown, which is the same for names
 * of nobody; the account's is kept for all of its names together.
 */
async function chargeBoth({ store, now }: House, factor: string, { username, account }: SignIn) {
  const name = canonical(username)
  const keys = [
    `${factor} of name ${name}`,
    account ? `${factor} of account ${account}` : `${factor} of nobody ${name}`,
  ]
  const charges = await store.transaction(async (inside) => {
    const both: Charge[] = []
    for (const key of keys) both.push(await charge(inside, key, now().getTime()))
    return both
  })
  const [byName] = charges
  return {
    keys,
    ok: charges.every(({ ok }) => ok),
    lockedUntil: byName && byName.lockedUntil > now().getTime() ? byName.lockedUntil : null,
    refund: () => Promise.all(keys.filter((_, at) => charges[at]?.ok).map((key) => refund(store, key))),
  }
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
  { store, now }: House,
  waiting: Waiting,
  { signIn, revision }: Kept,
  { account, authenticator, proof, spends }: Extract<Verdict, { is: 'proven' }>,
  keys: readonly string[],
): Promise<Outcome> {
  const { challenge } = signIn
  if (!challenge) return no('not-offered')
  const { factor } = challenge
  const entry = { kind: 'proven', ...trailOf(waiting, signIn), account, factor, authenticator, proof } as const
  const changed: SignIn = { ...signIn, account, named: true, challenge: null, choosing: false, refusal: null }
  try {
    return await store.transaction(async (inside) => {
      const kept = await changeSignIn(inside, waiting.uid, revision, changed)
      if (!kept) throw new SomebodyElseWasFirst()
      for (const update of spends) if (!(await inside.authenticators.update(update))) throw new SomebodyElseWasFirst()
      await inside.records.append(entry, now().getTime())
      for (const key of keys) await inside.attempts.clear(key)
      return { kept }
    })
  } catch (error) {
    if (error instanceof SomebodyElseWasFirst) return no('stale')
    throw error
  }
}

class SomebodyElseWasFirst extends Error {}

const lockedUntil = (instant: number): Refusal => ({ code: 'locked', until: new Date(instant).toISOString() })
