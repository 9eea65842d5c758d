import type { BuiltFactor } from '#shared/factors/index.ts'
import type { Context } from '../factors/factor.ts'
import type { House } from '../house.ts'
import type { SignIn } from './state.ts'

/** What a factor is given. The same query for people who do not exist. */
export const contextOf = ({ store, now }: House, { account }: SignIn, factor: BuiltFactor): Context => ({
  now: now(),
  account,
  authenticators: () => store.authenticators.list(account ?? '', factor),
})
