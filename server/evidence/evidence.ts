import type { ProvenEvidence, Store } from '../store/store.ts'

/**
 * All evidence of a browser session since an instant (epoch milliseconds), and of the sign-in under way (by its key in the
 * log, or as it was read already), oldest first.
 * Evidence of a finished sign-in is dated from its end, so that a small `max_age` cannot loop.
 */
export async function evidenceOf(
  store: Store,
  session: string | null,
  signIn: string | readonly ProvenEvidence[] | null,
  since: number,
): Promise<readonly ProvenEvidence[]> {
  const named = typeof signIn === 'string' ? signIn : null
  const bound = session ? await store.records.ofSession(session, named) : []
  const given = typeof signIn === 'string' ? [] : (signIn ?? [])
  const ids = new Set(given.map(({ id }) => id))
  const isCurrent = (one: ProvenEvidence) => one.current || ids.has(one.id)
  const earlier = bound.filter((one) => !isCurrent(one) && one.at > since)
  // A sign-in that is bound to the session is bound with all its evidence.
  if (bound.some(({ current }) => current)) return [...earlier, ...bound.filter(isCurrent)]
  const dated = new Map(bound.map(({ id, at }) => [id, at]))
  const read = named ? await store.records.ofSignIn(named) : given
  return [...earlier, ...read.map((one) => ({ ...one, at: dated.get(one.id) ?? one.at }))]
}
