import type { BuiltFactor } from '#shared/factors/index.ts'
import { refundAttempt } from '../attempts/attempt.ts'
import { isCurrent } from '../clock/instants.ts'
import type { AppContext } from '../context/app-context.ts'
import type { Factor, Verdict } from '../factors/contract/factor.ts'
import { factors } from '../factors/registry.ts'
import type { Interaction } from '../provider/interactions.ts'
import { type ActionOutcome, changedOr } from './actions.ts'
import type { ClaimedAnswer } from './refuse-answer.ts'
import { changeSignIn, type OpenChallenge, openSealedState } from './state.ts'

const soonestMs = 1000
const latestMs = 60_000

/** Whether the decision that an answer waits for was made, by the word of its factor. */
export async function isDecided(
  app: AppContext,
  { uid }: Pick<Interaction, 'uid'>,
  challenge: OpenChallenge,
): Promise<boolean> {
  const factor: Factor<BuiltFactor, unknown> = factors[challenge.factor]
  return (await factor.isDecided?.(openSealedState(app, uid, challenge))) ?? false
}

/** Whether an answer is still pending and asked for too soon: a page that asks too often costs its factor nothing. */
export const isTooEarly = async (
  app: AppContext,
  interaction: Interaction,
  challenge: OpenChallenge,
): Promise<boolean> =>
  isCurrent(challenge.askAgainAt ?? 0, app.now().getTime(), latestMs) && !(await isDecided(app, interaction, challenge))

/** A challenge whose answer is being verified: not pending, so that no page asks again meanwhile or after another verdict. */
export function withoutWait({ askAgainAt: _, ...challenge }: OpenChallenge): OpenChallenge {
  return challenge as OpenChallenge
}

/** After a `pending` verdict: refunds the attempt, and keeps the same challenge open. */
export async function keepPending(
  app: AppContext,
  { uid }: Interaction,
  { claimed, attempt, challenge }: ClaimedAnswer,
  { askAgainInMs }: Extract<Verdict, { is: 'pending' }>,
): Promise<ActionOutcome> {
  const { signIn } = claimed
  if (signIn.challenge?.id !== challenge.id) throw new Error('Nobody is named whom another device could ask.')
  const askAgainAt = app.now().getTime() + Math.min(Math.max(askAgainInMs, soonestMs), latestMs)
  const changed = { ...signIn, challenge: { ...challenge, askAgainAt }, refusal: null }
  const stored = await changeSignIn(app.store, uid, claimed, changed)
  // The refund is last, and whole or not at all: whoever catches an error refunds, and nothing is refunded twice.
  await refundAttempt(app.store, attempt)
  return changedOr(stored)
}
