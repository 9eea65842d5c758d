import type { BuiltFactor } from '#shared/factors/index.ts'
import type { Judging, Opening } from '../factors/factor.ts'
import { siteOf } from '../factors/site.ts'
import { type Attempt, isDisabled } from '../guard/attempt.ts'
import type { House } from '../house.ts'
import type { SignIn } from './state.ts'

/** What a factor is given to open a challenge; `ids` are the authenticators that may answer, null before the first proof. */
export const contextOf = (
  house: House,
  { account }: Pick<SignIn, 'account'>,
  factor: BuiltFactor,
  ids: readonly string[] | null,
): Opening => ({
  now: house.now(),
  site: siteOf(house),
  account,
  known: ids !== null,
  text: async (number, body) => house.post.text(account ?? '', number, body),
  authenticators: async () => {
    const all = await house.store.authenticators.list(account ?? '', factor)
    return all.filter((one) => !isDisabled(one, house.config.attempts) && (ids?.includes(one.id) ?? true))
  },
})

/** What a factor is given to judge an answer: what was charged for it, and nothing else. */
export const judgingContext = (
  house: House,
  { account, authenticators }: Attempt,
  about: Pick<Judging, 'known' | 'exists' | 'isSomebodyElses'>,
): Judging => ({
  now: house.now(),
  site: siteOf(house),
  account,
  ...about,
  authenticators: async () => authenticators,
})
