import type { View } from '#shared/wire/view.ts'
import type { AppContext } from '../context/app-context.ts'
import type { Interaction } from '../provider/interactions.ts'
import type { StoredSignIn } from './state.ts'
import { commonOf } from './view.ts'

/** What somebody who is signed in is asked besides proofs: whether it is this account, or what may be known of them. */
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
