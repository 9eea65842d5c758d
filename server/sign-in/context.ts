import type { BuiltFactor } from '#shared/factors/index.ts'
import type { Context } from '../factors/factor.ts'
import type { House } from '../house.ts'
import type { SignIn } from './state.ts'

/** What a factor is given; `ids` are the authenticators that may answer, null for all. The same query for nobody. */
export const contextOf = (
  { store, now }: House,
  { account }: SignIn,
  factor: BuiltFactor,
  ids: readonly string[] | null,
): Context => ({
  now: now(),
  account,
  authenticators: async () => {
    const all = await store.authenticators.list(account ?? '', factor)
    return ids ? all.filter(({ id }) => ids.includes(id)) : all
  },
})
