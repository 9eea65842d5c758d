import { isBuilt } from '#shared/factors/index.ts'
import { traitsOf } from '#shared/factors/table.ts'
import type { Next, Offer } from '#shared/policy/engine/next.ts'
import type { Method, View } from '#shared/wire/view.ts'
import { lockOf } from '../attempts/attempt.ts'
import { seenDeviceOf } from '../attempts/device-cookie.ts'
import type { AppContext } from '../context/app-context.ts'
import type { AuthenticatorSummary } from '../evidence/facts.ts'
import { factors } from '../factors/registry.ts'
import type { Interaction } from '../provider/interactions.ts'
import type { DecidedStep } from './decide-next.ts'
import type { OpenChallenge, SignIn } from './state.ts'

/** A method to go on with, and the policy's offer that it belongs to. */
export interface SignInOption extends Pick<Method, 'factor' | 'authenticator' | 'label'> {
  readonly offer: Offer
  readonly lastUsedAt: number | null
}

/**
 * The methods to go on with: the person's, the last used first; before the first proof the policy's, whoever was named.
 * Last resorts come last.
 */
export function optionsFor(
  { offers, hasProof }: Extract<Next, { is: 'answer' }>,
  authenticators: readonly AuthenticatorSummary[],
): readonly SignInOption[] {
  const options = offers.flatMap((offer): SignInOption[] => {
    const { factor } = offer
    if (!isBuilt(factor)) return []
    const whole: SignInOption = { offer, factor, authenticator: null, label: null, lastUsedAt: null }
    if (!hasProof) return [whole]
    const theirs = authenticators.filter(({ id }) => offer.authenticators?.includes(id))
    if (!factors[factor].asksWhichOne) return [{ ...whole, lastUsedAt: latest(theirs) }]
    return theirs.map(({ id, label, lastUsedAt }) => ({ ...whole, authenticator: id, label, lastUsedAt }))
  })
  return options.sort((a, b) => rank(a) - rank(b) || (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0))
}

export const isFor = (
  option: SignInOption,
  { factor, authenticator }: Pick<OpenChallenge, 'factor' | 'authenticator'>,
): boolean => option.factor === factor && option.authenticator === authenticator

const rank = ({ factor }: SignInOption) => Number(traitsOf(factor).lastResort)
const latest = (theirs: readonly AuthenticatorSummary[]) =>
  theirs.reduce<number | null>((at, { lastUsedAt }) => later(at, lastUsedAt), null)
const later = (a: number | null, b: number | null) => (a === null || (b !== null && b > a) ? b : a)

/**
 * Adds to each method of a choice until when it is locked. Only somebody who has proven who they are is told of locks.
 */
export async function withLocks(
  app: AppContext,
  { devices }: Interaction,
  view: View,
  { decision }: DecidedStep,
  { account }: SignIn,
): Promise<View> {
  if (view.at !== 'choose' || decision.is !== 'answer' || !decision.hasProof) return view
  const { store, config, now } = app
  const device = await seenDeviceOf(app, devices, account)
  const locked = async (method: Method): Promise<Method> => {
    const { factor, authenticator } = method
    const ids = authenticator ? [authenticator] : null
    const until = await lockOf(store, config.attempts, { factor, account, ids, device }, now().getTime())
    return { ...method, lockedUntil: until === null ? null : new Date(until).toISOString() }
  }
  return { ...view, methods: await Promise.all(view.methods.map(locked)) }
}
