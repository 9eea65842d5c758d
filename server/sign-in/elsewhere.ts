import type { AppContext } from '../context/app-context.ts'
import type { Interaction, Interactions } from '../provider/interactions.ts'
import type { Person } from '../store/store.ts'
import { decideNext } from './decide-next.ts'
import type { C } from './find-sign-in.ts'
import type { StoredSignIn } from './state.ts'

/** Somebody who has signed in in this browser since the request was made, and whose session answers it. */
export async function signedInElsewhere(
  app: AppContext,
  interactions: Interactions,
  c: C,
  interaction: Interaction,
  { signIn, evidence }: StoredSignIn,
): Promise<Person | null> {
  const session = signIn.alone || interaction.session ? null : await interactions.signedIn(c.env)
  if (!session) return null
  const theirs = { ...signIn, named: true, account: session.account }
  const { decision } = await decideNext(app, { ...interaction, session }, { signIn: theirs, evidence })
  return decision.is === 'done' ? app.store.people.get(session.account) : null
}
