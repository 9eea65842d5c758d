import { isBuilt } from '#shared/factors/index.ts'
import { traitsOf } from '#shared/factors/table.ts'
import type { Next, Offer } from '#shared/policy/engine/next.ts'
import type { Method, View } from '#shared/wire/view.ts'
import { lockOf } from '../attempts/attempt.ts'
import { seenDeviceOf } from '../attempts/device-cookie.ts'
import type { House } from '../context/app-context.ts'
import type { Listed } from '../evidence/facts.ts'
import { factors } from '../factors/registry.ts'
import type { Waiting } from '../provider/finish.ts'
import type { Judged } from './judge.ts'
import type { SignIn } from './state.ts'

/** A way to go on, and the offer that it belongs to. */
export interface Way extends Pick<Method, 'factor' | 'authenticator' | 'label'> {
  readonly offer: Offer
  readonly lastUsedAt: number | null
}

/** The ways to go on: those of the person, the last used first; the policy's alone, before anything was proven. */
export function waysOf(
  { offers, known }: Extract<Next, { is: 'answer' }>,
  authenticators: readonly Listed[],
): readonly Way[] {
  const ways = offers.flatMap((offer): Way[] => {
    const { factor } = offer
    if (!isBuilt(factor)) return []
    const whole: Way = { offer, factor, authenticator: null, label: null, lastUsedAt: null }
    if (!known) return [whole]
    const own = authenticators.filter(({ id }) => offer.authenticators?.includes(id))
    if (!factors[factor].named) return [{ ...whole, lastUsedAt: latest(own) }]
    return own.map(({ id, label, lastUsedAt }) => ({ ...whole, authenticator: id, label, lastUsedAt }))
  })
  return ways.sort((a, b) => rank(a) - rank(b) || (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0))
}

const rank = ({ factor }: Way) => Number(traitsOf(factor).lastResort)
const latest = (own: readonly Listed[]) => own.reduce<number | null>((at, one) => later(at, one.lastUsedAt), null)
const later = (a: number | null, b: number | null) => (a === null || (b !== null && b > a) ? b : a)

/** Which of the person's methods have to wait, and until when. Nobody is told who has not proven who they are. */
export async function withLocks(
  house: House,
  { devices }: Waiting,
  view: View,
  { decision }: Judged,
  { account }: SignIn,
): Promise<View> {
  if (view.at !== 'choose' || decision.is !== 'answer' || !decision.known) return view
  const { store, config, now } = house
  const device = await seenDeviceOf(house, devices, account)
  const locked = async (method: Method): Promise<Method> => {
    const { factor, authenticator } = method
    const ids = authenticator ? [authenticator] : null
    const until = await lockOf(store, config.attempts, { factor, account, ids, device }, now().getTime())
    return { ...method, lockedUntil: until === null ? null : new Date(until).toISOString() }
  }
  return { ...view, methods: await Promise.all(view.methods.map(locked)) }
}
