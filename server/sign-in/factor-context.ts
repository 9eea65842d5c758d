import type { BuiltFactor } from '#shared/factors/index.ts'
import { type Attempt, isShut } from '../attempts/attempt.ts'
import type { SeenDevice } from '../attempts/device-cookie.ts'
import type { AppContext } from '../context/app-context.ts'
import { type AnyDelivery, deliverBy } from '../factors/channels.ts'
import type { AnswerContext, ChallengeContext } from '../factors/contract/factor.ts'
import { siteOf } from '../factors/contract/site.ts'
import type { SignIn } from './state.ts'

/**
 * The context that a factor opens a challenge in; `ids` are the authenticators that may answer, null before the first
 * proof.
 */
export const challengeContext = (
  app: AppContext,
  { account }: Pick<SignIn, 'account'>,
  factor: BuiltFactor,
  ids: readonly string[] | null,
  device: SeenDevice | null,
): ChallengeContext<AnyDelivery> => ({
  now: app.now(),
  site: siteOf(app),
  account,
  hasProof: ids !== null,
  deliver: async (message) => deliverBy(app.channels, account ?? '', message),
  authenticators: async () => {
    const { store, config } = app
    const all = await store.authenticators.list(account ?? '', factor)
    const theirs = all.filter(({ id }) => ids?.includes(id) ?? true)
    const who = { hasProof: ids !== null, device }
    const shut = await Promise.all(theirs.map((each) => isShut(store, config.attempts, each, who)))
    return theirs.filter((_, at) => !shut[at])
  },
})

/** The context that a factor verifies an answer in: with the authenticators that were charged for it, and no others. */
export const answerContext = (
  app: AppContext,
  { account, authenticators }: Attempt,
  about: Pick<AnswerContext, 'hasProof' | 'handleIsKnown' | 'isSomebodyElses'>,
): AnswerContext => ({
  now: app.now(),
  site: siteOf(app),
  account,
  ...about,
  authenticators: async () => authenticators,
})
