import type { View } from '#shared/wire/view.ts'
import type { AppContext } from '../context/app-context.ts'
import type { Interaction } from '../provider/interactions.ts'
import type { StoredSignIn } from './state.ts'
import { commonOf } from './view.ts'

/**
 * The question besides proofs for somebody who is signed in: which account, or consent. Null when there is none, or it
 * was answered.
 */
export async function confirmationOf(
  app: AppContext,
  interaction: Interaction,
  stored: StoredSignIn,
): Promise<View | null> {
  const { session, selecting, consenting } = interaction
  if (stored.signIn.agreed || !session || !(consenting || selecting)) return null
  const person = await app.store.people.get(session.account)
  if (!person) return null
  const { name, username } = person
  const common = { ...commonOf(interaction, stored, app.now()), doors: [], person: name ?? username }
  return consenting ? { ...common, at: 'consent', ...consenting } : { ...common, at: 'account', username }
}
