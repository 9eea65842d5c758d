import type { BuiltFactor } from '#shared/factors/index.ts'
import type { Context } from '../factors/factor.ts'
import { type Attempt, isDisabled } from '../guard/attempt.ts'
import type { House } from '../house.ts'
import type { SignIn } from './state.ts'

/** What a factor is given to open a challenge. The same query for people who do not exist. */
export const contextOf = ({ store, now, config }: House, { account }: SignIn, factor: BuiltFactor): Context => ({
  now: now(),
  account,
  authenticators: async () => {
    const all = await store.authenticators.list(account ?? '', factor)
    return all.filter((one) => !isDisabled(one, config.attempts))
  },
})

/** What a factor is given to judge an answer: what was charged for it, and nothing else. */
export const judgingContext = ({ now }: House, { account, authenticators }: Attempt): Context => ({
  now: now(),
  account,
  authenticators: async () => authenticators,
})
