import type { Next } from '#shared/policy/engine/next.ts'
import type { View } from '#shared/wire/view.ts'
import type { AppContext } from '../context/app-context.ts'
import type { Interaction, Interactions } from '../provider/interactions.ts'
import { decideNext } from './decide-next.ts'
import { type C, endSignIn } from './find-sign-in.ts'
import { evidenceKey, type StoredSignIn } from './state.ts'
import { leaving } from './view.ts'

/** Resolves the interaction of a sign-in that has proven enough; gives the address where the browser goes on. */
export async function finishSignIn(
  app: AppContext,
  interactions: Interactions,
  c: C,
  interaction: Interaction,
  { signIn }: StoredSignIn,
  { account, evidence }: { readonly account: string } & Pick<Extract<Next, { is: 'done' }>, 'evidence'>,
): Promise<string> {
  const since = Math.min(...evidence.map(({ at }) => at))
  const { rulesHash } = interaction.client
  const key = evidenceKey(interaction.uid, signIn)
  const goTo = await interactions.finish(c.env, { account, signIn: key, since, rulesHash })
  await endSignIn(app, c, interaction, 'finished')
  return goTo
}

/** A cancelled sign-in ends at the client, which is told why. */
export async function leaveSignIn(
  app: AppContext,
  interactions: Interactions,
  c: C,
  interaction: Interaction,
  stored: StoredSignIn,
): Promise<View> {
  const { decision } = await decideNext(app, interaction, stored)
  const goTo = await interactions.fail(c.env, decision.is === 'refuse' ? decision.why : { code: 'cancelled' })
  await endSignIn(app, c, interaction, 'cancelled')
  return leaving(interaction, stored, app.now(), goTo)
}
