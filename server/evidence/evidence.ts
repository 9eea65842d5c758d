import type { ProvenEvidence, Store } from '../store/store.ts'

/**
 * All evidence of a browser session since an instant (epoch milliseconds), and of the sign-in under way, oldest first.
 * Evidence of a finished sign-in is dated from its end, so that a small `max_age` cannot loop.
 */
export async function evidenceOf(
  store: Store,
  session: string | null,
  signIn: string | null,
  since: number,
): Promise<readonly ProvenEvidence[]> {
  const bound = session ? await store.records.ofSession(session, signIn) : []
  const earlier = bound.filter(({ at, current }) => !current && at > since)
  // A sign-in that is bound to the session is bound with all its evidence.
  const isBound = bound.some(({ current }) => current)
  const underWay = isBound || !signIn ? bound.filter(({ current }) => current) : await store.records.ofSignIn(signIn)
  return [...earlier, ...underWay]
}
