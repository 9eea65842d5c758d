import { type BuiltFactor, isBuilt } from '#shared/factors/index.ts'
import { traitsOf } from '#shared/factors/table.ts'
import type { Offer } from '#shared/policy/engine/next.ts'
import type { House } from '../context/app-context.ts'
import type { Factor } from '../factors/contract/factor.ts'
import { factors } from '../factors/registry.ts'
import type { Waiting } from '../provider/finish.ts'
import { contextOf } from './context.ts'
import { judge } from './judge.ts'
import { keeping, type OpenChallenge, type SignIn, trailOf } from './state.ts'

/** What is offered beside the question who somebody is: the first steps whose answers say so themselves. */
export async function besideOf(house: House, waiting: Waiting, signIn: SignIn): Promise<readonly OpenChallenge[]> {
  const { decision } = await judge(house, waiting, signIn)
  const offers = decision.is === 'identify' ? decision.offers : []
  return (await Promise.all(offers.map((offer) => openBeside(house, waiting.uid, offer)))).flat()
}

/** Writes down what was opened beside, once it is kept. */
export async function noteBeside({ store, now }: House, waiting: Waiting, signIn: SignIn): Promise<void> {
  const trail = trailOf(waiting, signIn)
  for (const { factor, authenticator } of signIn.beside)
    await store.records.append({ kind: 'opened', ...trail, factor, authenticator }, now().getTime())
}

async function openBeside(house: House, uid: string, offer: Offer): Promise<readonly OpenChallenge[]> {
  const { factor } = offer
  if (!isBuilt(factor)) return []
  const opener: Factor<BuiltFactor, unknown> = factors[factor]
  if (traitsOf(factor).elsewhere && !house.sideDoors[factor]) return []
  const opened = await opener.beside?.(contextOf(house, { account: null }, factor, null, null), offer)
  return opened ? [keeping(house, uid, { factor, authenticator: null }, opened)] : []
}
