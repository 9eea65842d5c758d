import { type BuiltFactor, isBuilt } from '#shared/factors/index.ts'
import { traitsOf } from '#shared/factors/table.ts'
import type { Offer } from '#shared/policy/engine/next.ts'
import type { AppContext } from '../context/app-context.ts'
import type { Factor } from '../factors/contract/factor.ts'
import { factors } from '../factors/registry.ts'
import type { Interaction } from '../provider/interactions.ts'
import { decideNext } from './decide-next.ts'
import { challengeContext } from './factor-context.ts'
import { auditFields, type OpenChallenge, type SignIn, type StoredSignIn, sealChallenge } from './state.ts'

/** Opens the usernameless challenges: those of first steps whose answers name the person. */
export async function openUsernameless(
  app: AppContext,
  interaction: Interaction,
  begun: Pick<StoredSignIn, 'signIn' | 'evidence'>,
): Promise<readonly OpenChallenge[]> {
  const { decision } = await decideNext(app, interaction, begun)
  const offers = decision.is === 'identify' ? decision.offers : []
  return (await Promise.all(offers.map((offer) => openOne(app, interaction.uid, offer)))).flat()
}

/** Records the usernameless challenges of a sign-in in the audit log, once the sign-in is stored. */
export async function recordUsernameless(
  { store, now }: AppContext,
  interaction: Interaction,
  signIn: SignIn,
): Promise<void> {
  const [trail, at] = [auditFields(interaction, signIn), now().getTime()]
  const entryOf = ({ factor, authenticator }: OpenChallenge) =>
    ({ kind: 'opened', ...trail, factor, authenticator }) as const
  await store.records.appendAll(signIn.usernameless.map((challenge) => ({ entry: entryOf(challenge), at })))
}

async function openOne(app: AppContext, uid: string, offer: Offer): Promise<readonly OpenChallenge[]> {
  const { factor } = offer
  if (!isBuilt(factor)) return []
  const opener: Factor<BuiltFactor, unknown> = factors[factor]
  if (traitsOf(factor).elsewhere && !app.handoffs[factor]) return []
  const opened = await opener.usernamelessChallenge?.(
    challengeContext(app, { account: null }, factor, null, null),
    offer,
  )
  return opened ? [sealChallenge(app, uid, { factor, authenticator: null }, opened)] : []
}
