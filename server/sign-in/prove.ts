import type { BuiltFactor } from '#shared/factors/index.ts'
import type { News } from '#shared/wire/view.ts'
import { refundAttempt, settleAttempt } from '../attempts/attempt.ts'
import type { AppContext } from '../context/app-context.ts'
import type { Factor, Verdict } from '../factors/contract/factor.ts'
import { siteOf } from '../factors/contract/site.ts'
import { factors } from '../factors/registry.ts'
import type { Interaction } from '../provider/interactions.ts'
import type { Person, Store } from '../store/store.ts'
import { type ActionOutcome, refused } from './actions.ts'
import { type ClaimedAnswer, refuseAnswer } from './refuse-answer.ts'
import { auditFields, changeSignIn, type SignIn, type StoredSignIn } from './state.ts'

/** Changes what is spent, the evidence and the sign-in together, or not at all. */
export async function prove(
  app: AppContext,
  interaction: Interaction,
  claimedAnswer: ClaimedAnswer,
  { account, authenticator, proof, spends, ifSpent, remark }: Extract<Verdict, { is: 'proven' }>,
): Promise<ActionOutcome> {
  const { store, now } = app
  const { claimed, challenge, attempt, opened, isFirst } = claimedAnswer
  const { signIn, evidence } = claimed
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
  const isWanted = !signIn.named || 'told' in factors[factor]
  const person = claimedAnswer.owner ?? (isWanted ? await store.people.get(account) : null)
  const { username } = signIn.named ? signIn : (person ?? signIn)
  const blank = { challenge: null, usernameless: [], sentChallenges: [], choosing: false, refusal: null }
  const changed: SignIn = { ...signIn, ...(blank satisfies Partial<SignIn>), account, username, named: true }
  let stored: StoredSignIn
  try {
    const proving = async (inside: Store) => {
      const stored = await changeSignIn(inside, interaction.uid, claimed, changed)
      const settled = await settleAttempt(inside, attempt, authenticator, now().getTime())
      if (!stored || !settled) throw new SomebodyElseWasFirst()
      for (const update of spends) if (!(await inside.authenticators.update(update))) throw new SpentBefore()
      const entries = [...opened, { entry, at: now().getTime() }]
      // The records of a sign-in are pending until its first proof.
      const proven = await inside.records.appendAll(entries, isFirst || (evidence ?? []).length > 0)
      return { ...stored, evidence: evidence && [...evidence, ...proven].sort((a, b) => a.at - b.at) }
    }
    stored = await store.transaction(proving, { committedWithAnswer: true })
  } catch (error) {
    if (error instanceof SpentBefore && ifSpent) return refuseAnswer(app, interaction, claimedAnswer, ifSpent)
    if (!(error instanceof SomebodyElseWasFirst)) throw error
    // A right answer is no guess and is refunded; the answer that was first decides what is open now.
    // The refund is last: whoever called this refunds what throws, and nothing is refunded twice.
    await store.records.appendAll(opened)
    await refundAttempt(store, attempt)
    return refused('stale')
  }
  // News that cannot be read are no reason to fail, and to refund, an answer that was right.
  return { stored, ...(await newsFor(app, factor, person).catch(() => ({}))) }
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
