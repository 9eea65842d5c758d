import type { BuiltFactor } from '#shared/factors/index.ts'
import type { Context } from '../factors/factor.ts'
import { type Attempt, isDisabled } from '../guard/attempt.ts'
import type { House } from '../house.ts'
import type { SignIn } from './state.ts'

/** What a factor is given to open a challenge; `ids` are the authenticators that may answer, null before the first proof. */
export const contextOf = (
  { store, now, issuer, config }: House,
  { account }: SignIn,
  factor: BuiltFactor,
  ids: readonly string[] | null,
): Context => ({
  now: now(),
  issuer,
  account,
  known: ids !== null,
  authenticators: async () => {
    const all = await store.authenticators.list(account ?? '', factor)
    return all.filter((one) => !isDisabled(one, config.attempts) && (ids?.includes(one.id) ?? true))
  },
})

/** What a factor is given to judge an answer: what was charged for it, and nothing else. */
export const judgingContext = (
  { now, issuer }: House,
  { account, authenticators }: Attempt,
  known: boolean,
): Context => ({
  now: now(),
  issuer,
  account,
  known,
  authenticators: async () => authenticators,
})
