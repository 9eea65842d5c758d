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
  const earlier = session ? (await store.records.ofSession(session)).filter(({ at }) => at > since) : []
  const underWay = signIn ? await store.records.ofSignIn(signIn) : []
  const dated = new Map(earlier.map((one) => [one.id, one.at]))
  const current = underWay.map((one) => ({ ...one, at: dated.get(one.id) ?? one.at }))
  const ids = new Set(current.map((one) => one.id))
  return [...earlier.filter((one) => !ids.has(one.id)), ...current]
}
