import { type FactorId, traitsOf } from '#shared/factors/table.ts'
import { type Next, next } from '#shared/policy/engine/next.ts'
import type { AppContext } from '../context/app-context.ts'
import { loadFacts, type PersonFacts, rememberGrace } from '../evidence/facts.ts'
import type { Interaction } from '../provider/interactions.ts'
import type { ProvenEvidence } from '../store/store.ts'
import { evidenceKey, type StoredSignIn } from './state.ts'

/** A decision about a sign-in, and what it rests on: the person's authenticators, and what was proven in the sign-in. */
export interface DecidedStep {
  readonly decision: Next
  readonly authenticators: PersonFacts['authenticators']
  readonly evidence: readonly ProvenEvidence[]
}

/** Asks the policy what a sign-in needs next, and remembers when a grace began. */
export async function decideNext(
  app: AppContext,
  interaction: Interaction,
  { signIn, ...before }: Pick<StoredSignIn, 'signIn' | 'evidence'>,
): Promise<DecidedStep> {
  const { account, named } = signIn
  const evidence = before.evidence ?? (await app.store.records.ofSignIn(evidenceKey(interaction.uid, signIn)))
  const session = interaction.session?.account === account ? interaction.session.uid : null
  const { address, signedBefore, devices } = interaction
  const who = { named, account, session, signIn: evidence, address, signedBefore, devices }
  const known = await loadFacts(app, interaction.client, who)
  const decision = next(interaction.client.clientRules, interaction.request, known.facts)
  await rememberGrace(app, interaction.client, known, decision)
  return { decision: withoutShut(app, decision), authenticators: known.authenticators, evidence }
}

/**
 * Leaves out offers that need a handoff which is not configured; where no other is left, all stay, and opening them is
 * refused.
 */
function withoutShut({ handoffs }: AppContext, decision: Next): Next {
  if (!('offers' in decision)) return decision
  const isOpen = (factor: FactorId) => !traitsOf(factor).elsewhere || factor in handoffs
  const [first, ...others] = decision.offers.filter(({ factor }) => isOpen(factor))
  return first ? { ...decision, offers: [first, ...others] } : decision
}
