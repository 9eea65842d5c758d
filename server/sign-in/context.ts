import type { BuiltFactor } from '#shared/factors/index.ts'
import { type Attempt, isShut } from '../attempts/attempt.ts'
import type { SeenDevice } from '../attempts/device-cookie.ts'
import type { House } from '../context/app-context.ts'
import type { Judging, Opening } from '../factors/contract/factor.ts'
import { siteOf } from '../factors/contract/site.ts'
import type { SignIn } from './state.ts'

/** What a factor is given to open a challenge; `ids` are the authenticators that may answer, null before the first proof. */
export const contextOf = (
  house: House,
  { account }: Pick<SignIn, 'account'>,
  factor: BuiltFactor,
  ids: readonly string[] | null,
  device: SeenDevice | null,
): Opening => ({
  now: house.now(),
  site: siteOf(house),
  account,
  known: ids !== null,
  text: async (number, body) => house.post.text(account ?? '', number, body),
  authenticators: async () => {
    const { store, config } = house
    const all = await store.authenticators.list(account ?? '', factor)
    const theirs = all.filter((one) => ids?.includes(one.id) ?? true)
    const who = { known: ids !== null, device }
    const shut = await Promise.all(theirs.map((one) => isShut(store, config.attempts, one, who)))
    return theirs.filter((_, at) => !shut[at])
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
