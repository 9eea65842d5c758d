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
import type { SignIn } from './state.ts'

/** A way to go on, and the offer that it belongs to. */
export interface SignInOption extends Pick<Method, 'factor' | 'authenticator' | 'label'> {
  readonly offer: Offer
  readonly lastUsedAt: number | null
}

/** The ways to go on: those of the person, the last used first; the policy's alone, before anything was proven. */
export function optionsFor(
  { offers, hasProof }: Extract<Next, { is: 'answer' }>,
  authenticators: readonly AuthenticatorSummary[],
): readonly SignInOption[] {
  const options = offers.flatMap((offer): SignInOption[] => {
    const { factor } = offer
    if (!isBuilt(factor)) return []
    const whole: SignInOption = { offer, factor, authenticator: null, label: null, lastUsedAt: null }
    if (!hasProof) return [whole]
    const own = authenticators.filter(({ id }) => offer.authenticators?.includes(id))
    if (!factors[factor].named) return [{ ...whole, lastUsedAt: latest(own) }]
    return own.map(({ id, label, lastUsedAt }) => ({ ...whole, authenticator: id, label, lastUsedAt }))
  })
  return options.sort((a, b) => rank(a) - rank(b) || (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0))
}

const rank = ({ factor }: SignInOption) => Number(traitsOf(factor).lastResort)
const latest = (own: readonly AuthenticatorSummary[]) =>
  own.reduce<number | null>((at, one) => later(at, one.lastUsedAt), null)
const later = (a: number | null, b: number | null) => (a === null || (b !== null && b > a) ? b : a)

/** Which of the person's methods have to wait, and until when. Nobody is told who has not proven who they are. */
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
