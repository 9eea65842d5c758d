import type { Refusal } from '#shared/refusal.ts'
import type { Attempt } from '../attempts/attempt.ts'
import type { AppContext } from '../context/app-context.ts'
import { factors } from '../factors/registry.ts'
import type { Interaction } from '../provider/interactions.ts'
import type { DatedEntry } from '../store/entry.ts'
import type { Person } from '../store/store.ts'
import { type ActionOutcome, changedOr } from './actions.ts'
import { auditFields, changeSignIn, type OpenChallenge, type SignIn, type StoredSignIn } from './state.ts'
import { openUsernameless, recordUsernameless } from './usernameless.ts'

/** An answer that was claimed and charged: no other answer counts from here on. */
export interface ClaimedAnswer {
  readonly claimed: StoredSignIn
  readonly challenge: OpenChallenge
  readonly attempt: Attempt
  /** The person whose authenticator the answer names by its handle, as read before the answer was charged. */
  readonly owner: Person | null
  /** The record of the challenge's opening, where one request opened and answers: written with what comes of the answer. */
  readonly opened: readonly DatedEntry[]
  /** The sign-in was not stored before this answer: nothing else is in the log about it. */
  readonly isFirst: boolean
}

/** The fields that an answer changes: a single-use challenge is spent, and usernameless challenges are opened anew. */
async function served(app: AppContext, interaction: Interaction, claimed: StoredSignIn, challenge: OpenChallenge) {
  const { signIn } = claimed
  return signIn.challenge?.id === challenge.id
    ? { challenge: { ...challenge, spent: factors[challenge.factor].uses === 'once' } }
    : { usernameless: await openUsernameless(app, interaction, claimed) }
}

/** After an `unavailable` verdict: reopens a single-use challenge, and counts nothing. */
export async function openAnew(
  app: AppContext,
  interaction: Interaction,
  { claimed, challenge }: ClaimedAnswer,
): Promise<void> {
  const { signIn } = claimed
  const changed = { ...signIn, ...(await served(app, interaction, claimed, challenge)) }
  const done = await changeSignIn(app.store, interaction.uid, claimed, changed)
  if (done && changed.usernameless !== signIn.usernameless) await recordUsernameless(app, interaction, changed)
}

/** The audit entry of a refused answer. */
function refusalOf(interaction: Interaction, { claimed: { signIn }, challenge, attempt }: ClaimedAnswer, why: Refusal) {
  const { factor } = challenge
  // Where the answer carries a handle, the authenticator of that handle was charged.
  const [charged] = 'handleOf' in factors[factor] ? attempt.authenticators : []
  const account = signIn.account ?? attempt.account
  const authenticator = charged?.id ?? challenge.authenticator
  return {
    kind: 'refused',
    ...auditFields(interaction, signIn),
    account,
    factor,
    authenticator,
    why: why.code,
  } as const
}

/**
 * Logs a refusal for the operator's own records: in the store, wrong answers of a sign-in in which nothing is proven
 * are gone after a day.
 */
function logRefusal(
  { log }: AppContext,
  { kind: _, run: __, ...entry }: ReturnType<typeof refusalOf>,
  remark?: string,
) {
  log.info({ ...entry, ...(remark ? { remark } : {}) }, 'an answer was refused')
}

/**
 * Logs the refusal; neither the challenge nor the sign-in's count of refusals changes. No count bounds how often, so
 * the address pays an opening.
 */
export async function logRefused(
  app: AppContext,
  interaction: Interaction,
  claimedAnswer: ClaimedAnswer,
  why: Refusal,
): Promise<ActionOutcome> {
  app.openings.spend(interaction.address)
  const entry = refusalOf(interaction, claimedAnswer, why)
  await app.store.records.appendAll([...claimedAnswer.opened, { entry, at: app.now().getTime() }])
  logRefusal(app, entry)
  return { why }
}

/**
 * Refuses an answer of an address that has to wait: nothing was verified and the challenge stays, but the sign-in
 * counts the refusal.
 */
export async function refuseThrottled(
  app: AppContext,
  interaction: Interaction,
  claimedAnswer: ClaimedAnswer,
  why: Refusal,
): Promise<ActionOutcome> {
  const { claimed } = claimedAnswer
  const { signIn } = claimed
  await changeSignIn(app.store, interaction.uid, claimed, { ...signIn, refusals: signIn.refusals + 1 })
  return logRefused(app, interaction, claimedAnswer, why)
}

/**
 * Refuses a wrong answer, or one that a lock keeps from being verified: the sign-in counts the refusal, and a
 * single-use challenge is spent.
 */
export async function refuseAnswer(
  app: AppContext,
  interaction: Interaction,
  claimedAnswer: ClaimedAnswer,
  why: Refusal,
  remark?: string,
): Promise<ActionOutcome> {
  const { claimed, challenge, opened } = claimedAnswer
  const { signIn } = claimed
  const refused = refusalOf(interaction, claimedAnswer, why)
  const entry = { ...refused, ...(remark ? { remark } : {}) }
  logRefusal(app, refused, remark)
  const refusals = signIn.refusals + 1
  const changed: SignIn = { ...signIn, refusals, refusal: why, ...(await served(app, interaction, claimed, challenge)) }
  const outcome = await app.store.transaction(async (inside) => {
    await inside.records.appendAll([...opened, { entry, at: app.now().getTime() }])
    return changedOr(await changeSignIn(inside, interaction.uid, claimed, changed))
  })
  if ('stored' in outcome && changed.usernameless !== signIn.usernameless)
    await recordUsernameless(app, interaction, changed)
  return outcome
}
