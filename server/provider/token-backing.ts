import { z } from 'zod'
import type { Facts } from '#shared/policy/engine/facts.ts'
import type { AppContext } from '../context/app-context.ts'
import { countingOf, personOf } from '../evidence/counting.ts'
import { evidenceOf } from '../evidence/evidence.ts'
import type { ProvenEvidence } from '../store/store.ts'

/**
 * The claims that a code, a refresh token or an access token carries about how somebody authenticated: the key of its
 * backing.
 */
interface BackedClaims {
  readonly grantId?: string | undefined
  readonly acr?: string | undefined
  readonly amr?: readonly string[] | undefined
  readonly authTime?: number | undefined
}

const kind = 'Relied'
const idOf = ({ grantId, acr, amr = [], authTime }: BackedClaims) => JSON.stringify([grantId, acr, authTime, ...amr])

/** Reads at once what is asked about a token or code next: its grant, its backing and its session. */
export async function prefetchBacking({ store }: Pick<AppContext, 'store'>, token: object): Promise<void> {
  const claims = claimsIn(token)
  const { sessionUid } = token as { readonly sessionUid?: string }
  if (!claims.grantId) return
  const ids = [['Grant', claims.grantId] as const, [kind, idOf(claims)] as const] as const
  await store.documents.prefetch(ids, sessionUid ? ['Session', sessionUid] : undefined)
}

/** The circumstances of the answered request that a policy saw, besides the person and the hour. */
type Circumstances = Pick<Facts, 'address' | 'browser'>

/**
 * Records what backs these claims under a grant: the authenticators, when the first of them was proven (epoch
 * milliseconds), and the circumstances. The row lasts twice as long as a session can.
 */
export const recordBacking = (
  { store, now, config }: AppContext,
  claims: BackedClaims,
  evidence: readonly Pick<ProvenEvidence, 'authenticator' | 'provenAt'>[],
  { address, browser }: Circumstances,
): Promise<void> => {
  const authenticators = evidence.map(({ authenticator }) => authenticator)
  const provenAt = Math.min(...evidence.map((one) => one.provenAt))
  const until = now().getTime() + 2 * config.sessions.longest
  const rests = { authenticators, provenAt, address, browser }
  return store.documents.put(kind, idOf(claims), rests, until, { grant: claims.grantId })
}

/** Absent in rows that were written before circumstances were recorded: then no rule is guessed to hold. */
const circumstances = z.object({ address: z.string().nullable(), browser: z.enum(['known', 'new']).nullable() })

/** The circumstances in which these claims were issued. */
export async function circumstancesOf({ store }: AppContext, claims: BackedClaims): Promise<Circumstances> {
  const found = await store.documents.get(kind, idOf(claims))
  return circumstances.safeParse(found?.value).data ?? { address: null, browser: null }
}

/** The ids of the authenticators that somebody can still prove something with. */
async function theirsNow({ store }: AppContext, account: string): Promise<ReadonlySet<string>> {
  return new Set((await store.authenticators.listAll(account)).map(({ id }) => id))
}

/**
 * The session's account, if the person is enabled and at least one authenticator proven in the session still exists;
 * else null. The engine's session can outlive both.
 */
export async function liveSession(
  app: AppContext,
  session: { uid?: string | undefined; accountId?: string | undefined } = {},
) {
  const { uid, accountId: account } = session
  if (!uid || !account) return null
  const person = await personOf(app, account)
  const proven = await evidenceOf(app.store, uid, null, app.now().getTime() - app.config.sessions.longest)
  const counting = countingOf(
    person,
    proven.filter((one) => one.account === account),
    app.now().getTime(),
  )
  if (counting.length === 0) return null
  const theirs = await theirsNow(app, account)
  return counting.some(({ authenticator }) => theirs.has(authenticator)) ? { uid, account } : null
}

/** Whether everything that backs these claims still counts: the person, the evidence, and each authenticator. */
export async function isStillBacked(app: AppContext, account: string, claims: BackedClaims): Promise<boolean> {
  const found = await app.store.documents.get(kind, idOf(claims))
  const rests = found?.value.authenticators
  if (!Array.isArray(rests) || rests.length === 0) return false
  // Absent in rows that were written before this field existed: `auth_time` says at least when the oldest evidence was
  // proven.
  const provenAt = Number(found?.value.provenAt ?? (claims.authTime ?? 0) * 1000)
  if (countingOf(await personOf(app, account), [{ provenAt }], app.now().getTime()).length === 0) return false
  const theirs = await theirsNow(app, account)
  return rests.every((id) => theirs.has(id))
}

/** The claims that a token of the engine carries, whichever kind it is. */
export function claimsIn(token: object): BackedClaims {
  const { grantId, extra, ...claims } = token as BackedClaims & { extra?: BackedClaims & { auth_time?: number } }
  return extra ? { grantId, acr: extra.acr, amr: extra.amr, authTime: extra.auth_time } : { grantId, ...claims }
}
