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
  const earlier = session ? (await store.records.ofSession(session)).filter(({ at }) => at > since) : []
  const underWay = typeof signIn === 'string' ? await store.records.ofSignIn(signIn) : (signIn ?? [])
  const dated = new Map(earlier.map((one) => [one.id, one.at]))
  const current = underWay.map((one) => ({ ...one, at: dated.get(one.id) ?? one.at }))
  const ids = new Set(current.map((one) => one.id))
  return [...earlier.filter((one) => !ids.has(one.id)), ...current]
}
