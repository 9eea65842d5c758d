import type { Refusal } from '#shared/refusal.ts'
import type { Attempt } from '../attempts/attempt.ts'
import type { AppContext } from '../context/app-context.ts'
import { factors } from '../factors/registry.ts'
import type { Interaction } from '../provider/interactions.ts'
import { type ActionOutcome, changedOr } from './actions.ts'
import { auditFields, changeSignIn, type OpenChallenge, type SignIn, type StoredSignIn } from './state.ts'
import { openUsernameless, recordUsernameless } from './usernameless.ts'

/** An answer that was claimed and charged: nobody else's counts from here on. */
export interface ClaimedAnswer {
  readonly claimed: StoredSignIn
  readonly challenge: OpenChallenge
  readonly attempt: Attempt
}

/** A challenge that was answered: it is opened anew where it serves once, and always where nobody is named. */
async function served(app: AppContext, interaction: Interaction, signIn: SignIn, challenge: OpenChallenge) {
  return signIn.challenge?.id === challenge.id
    ? { challenge: { ...challenge, spent: factors[challenge.factor].uses === 'once' } }
    : { usernameless: await openUsernameless(app, interaction, signIn) }
}

/** It came to nothing, and can be answered once more. */
export async function openAnew(
  app: AppContext,
  interaction: Interaction,
  { claimed, challenge }: ClaimedAnswer,
): Promise<void> {
  const { signIn, revision } = claimed
  const changed = { ...signIn, ...(await served(app, interaction, signIn, challenge)) }
  const done = await changeSignIn(app.store, interaction.uid, revision, changed)
  if (done && changed.usernameless !== signIn.usernameless) await recordUsernameless(app, interaction, changed)
}

/** What is written of an answer that was refused. */
function refusalOf(interaction: Interaction, { claimed: { signIn }, challenge, attempt }: ClaimedAnswer, why: Refusal) {
  const { factor } = challenge
  // An authenticator that says which one it is, is the one that was charged.
  const [own] = 'handleOf' in factors[factor] ? attempt.authenticators : []
  const account = signIn.account ?? attempt.account
  const authenticator = own?.id ?? challenge.authenticator
  return {
    kind: 'refused',
    ...auditFields(interaction, signIn),
    account,
    factor,
    authenticator,
    why: why.code,
  } as const
}

/** For the operator's own records: in ours, wrong answers of a sign-in in which nothing is proven are gone after a day. */
function logRefusal(
  { log }: AppContext,
  { kind: _, run: __, ...entry }: ReturnType<typeof refusalOf>,
  remark?: string,
) {
  log.info({ ...entry, ...(remark ? { remark } : {}) }, 'an answer was refused')
}

/**
 * Nothing was verified, or nothing came of it: that is written down, and the challenge stays as it is. No count of wrong
 * answers bounds how often: it is one of the openings that the address has.
 */
export async function logRefused(
  app: AppContext,
  interaction: Interaction,
  claimedAnswer: ClaimedAnswer,
  why: Refusal,
): Promise<ActionOutcome> {
  app.openings.spend(interaction.address)
  const entry = refusalOf(interaction, claimedAnswer, why)
  await app.store.records.append(entry, app.now().getTime())
  logRefusal(app, entry)
  return { why }
}

/** An address that has to wait: nothing was looked at, and so it goes on until the sign-in has had enough. */
export async function refuseThrottled(
  app: AppContext,
  interaction: Interaction,
  claimedAnswer: ClaimedAnswer,
  why: Refusal,
): Promise<ActionOutcome> {
  const { signIn, revision } = claimedAnswer.claimed
  await changeSignIn(app.store, interaction.uid, revision, { ...signIn, refusals: signIn.refusals + 1 })
  return logRefused(app, interaction, claimedAnswer, why)
}

/** An answer that was wrong, or is not looked at: one of those that a sign-in has. */
export async function refuseAnswer(
  app: AppContext,
  interaction: Interaction,
  claimedAnswer: ClaimedAnswer,
  why: Refusal,
  remark?: string,
): Promise<ActionOutcome> {
  const { claimed, challenge } = claimedAnswer
  const { signIn, revision } = claimed
  const refused = refusalOf(interaction, claimedAnswer, why)
  const entry = { ...refused, ...(remark ? { remark } : {}) }
  logRefusal(app, refused, remark)
  const refusals = signIn.refusals + 1
  const changed: SignIn = { ...signIn, refusals, refusal: why, ...(await served(app, interaction, signIn, challenge)) }
  const outcome = await app.store.transaction(async (inside) => {
    await inside.records.append(entry, app.now().getTime())
    return changedOr(await changeSignIn(inside, interaction.uid, revision, changed))
  })
  if ('stored' in outcome && changed.usernameless !== signIn.usernameless)
    await recordUsernameless(app, interaction, changed)
  return outcome
}
