import type { View } from '#shared/view.ts'
import type { House } from '../house.ts'
import type { Waiting } from '../provider/finish.ts'
import type { Kept } from './state.ts'
import { commonOf } from './view.ts'

/** What somebody who is signed in is asked besides proofs: whether it is this account, or what may be known of them. */
export async function asking(house: House, waiting: Waiting, kept: Kept): Promise<View | null> {
  const { session, selecting, consenting } = waiting
  if (kept.signIn.agreed || !session || !(consenting || selecting)) return null
  const person = await house.store.people.get(session.account)
  if (!person) return null
  const { name, username } = person
  const common = { ...commonOf(waiting, kept, house.now()), doors: [], person: name ?? username }
  return consenting ? { ...common, at: 'consent', ...consenting } : { ...common, at: 'account', username }
}
