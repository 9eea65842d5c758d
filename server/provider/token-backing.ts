import { z } from 'zod'
import type { Facts } from '#shared/policy/engine/facts.ts'
import type { AppContext } from '../context/app-context.ts'
import { countingOf, personOf } from '../evidence/counting.ts'
import { evidenceOf } from '../evidence/evidence.ts'
import type { ProvenEvidence } from '../store/store.ts'

/** How a code, a refresh token and an access token tell what they say of how somebody authenticated. */
interface BackedClaims {
  readonly grantId?: string | undefined
  readonly acr?: string | undefined
  readonly amr?: readonly string[] | undefined
  readonly authTime?: number | undefined
}

const kind = 'Relied'
const idOf = ({ grantId, acr, amr = [], authTime }: BackedClaims) => JSON.stringify([grantId, acr, authTime, ...amr])

/** What a policy saw of the request that was answered, besides the person and the hour. */
type Circumstances = Pick<Facts, 'address' | 'browser'>

/**
 * Remembers what somebody being told this under a grant rests on: the authenticators, when the first of them was proven
 * (epoch milliseconds), and in which circumstances; for as long as a session can last.
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

/** Not known, for what was written before circumstances were: then no rule is guessed to hold. */
const circumstances = z.object({ address: z.string().nullable(), browser: z.enum(['known', 'new']).nullable() })

/** In which circumstances somebody was told this. */
export async function circumstancesOf({ store }: AppContext, claims: BackedClaims): Promise<Circumstances> {
  const found = await store.documents.get(kind, idOf(claims))
  return circumstances.safeParse(found?.value).data ?? { address: null, browser: null }
}

/** Which authenticators somebody can still prove something with. */
async function theirsNow({ store }: AppContext, account: string): Promise<ReadonlySet<string>> {
  return new Set((await store.authenticators.listAll(account)).map(({ id }) => id))
}

/** Who is signed in in the engine's session, which outlives what it rests on: something proven in it still counts. */
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

/** Whether what a token says still has everything that it rests on: the person, and each authenticator. */
export async function isStillBacked(app: AppContext, account: string, claims: BackedClaims): Promise<boolean> {
  const found = await app.store.documents.get(kind, idOf(claims))
  const rests = found?.value.authenticators
  if (!Array.isArray(rests) || rests.length === 0) return false
  // Rows of before it was kept say at least when the oldest was proven.
  const provenAt = Number(found?.value.provenAt ?? (claims.authTime ?? 0) * 1000)
  if (countingOf(await personOf(app, account), [{ provenAt }], app.now().getTime()).length === 0) return false
  const theirs = await theirsNow(app, account)
  return rests.every((id) => theirs.has(id))
}

/** What an engine's token says, whichever kind it is. */
export function claimsIn(token: object): BackedClaims {
  const { grantId, extra, ...own } = token as BackedClaims & { extra?: BackedClaims & { auth_time?: number } }
  return extra ? { grantId, acr: extra.acr, amr: extra.amr, authTime: extra.auth_time } : { grantId, ...own }
}
