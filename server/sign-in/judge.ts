import { type FactorId, traitsOf } from '#shared/factors/table.ts'
import { type Next, next } from '#shared/policy/engine/next.ts'
import type { House } from '../context/app-context.ts'
import { factsOf, type Known, rememberGrace } from '../evidence/facts.ts'
import type { Waiting } from '../provider/finish.ts'
import { provenIn, type SignIn } from './state.ts'

/** A decision about a sign-in, and what it was made of. */
export interface Judged {
  readonly decision: Next
  readonly authenticators: Known['authenticators']
}

export async function judge(house: House, waiting: Waiting, signIn: SignIn): Promise<Judged> {
  const { account, named } = signIn
  const session = waiting.session?.account === account ? waiting.session.uid : null
  const { address, signedBefore, devices } = waiting
  const who = { named, account, session, signIn: provenIn(waiting.uid, signIn), address, signedBefore, devices }
  const known = await factsOf(house, waiting.client, who)
  const decision = next(waiting.client.terms, waiting.ask, known.facts)
  await rememberGrace(house, waiting.client, known, decision)
  return { decision: withoutShut(house, decision), authenticators: known.authenticators }
}

/** What is answered elsewhere is offered to nobody where there is no elsewhere. */
function withoutShut({ sideDoors }: House, decision: Next): Next {
  if (!('offers' in decision)) return decision
  const isOpen = (factor: FactorId) => !traitsOf(factor).elsewhere || factor in sideDoors
  const [first, ...others] = decision.offers.filter(({ factor }) => isOpen(factor))
  return first ? { ...decision, offers: [first, ...others] } : decision
}
