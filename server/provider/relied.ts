import { z } from 'zod'
import type { Facts } from '#shared/policy/engine/facts.ts'
import type { House } from '../context/app-context.ts'
import { countingOf, personOf } from '../evidence/counting.ts'
import { evidenceOf } from '../evidence/evidence.ts'
import type { ProvenEvidence } from '../store/store.ts'

/** How a code, a refresh token and an access token tell what they say of how somebody authenticated. */
interface Spoken {
  readonly grantId?: string | undefined
  readonly acr?: string | undefined
  readonly amr?: readonly string[] | undefined
  readonly authTime?: number | undefined
}

const kind = 'Relied'
const idOf = ({ grantId, acr, amr = [], authTime }: Spoken) => JSON.stringify([grantId, acr, authTime, ...amr])

/** What a policy saw of the request that was answered, besides the person and the hour. */
type Circumstances = Pick<Facts, 'address' | 'browser'>

/**
 * Remembers what somebody being told this under a grant rests on: the authenticators, when the first of them was proven
 * (epoch milliseconds), and in which circumstances; for as long as a session can last.
 */
export const rely = (
  { store, now, config }: House,
  spoken: Spoken,
  evidence: readonly Pick<ProvenEvidence, 'authenticator' | 'provenAt'>[],
  { address, browser }: Circumstances,
): Promise<void> => {
  const authenticators = evidence.map(({ authenticator }) => authenticator)
  const provenAt = Math.min(...evidence.map((one) => one.provenAt))
  const until = now().getTime() + 2 * config.sessions.longest
  const rests = { authenticators, provenAt, address, browser }
  return store.documents.put(kind, idOf(spoken), rests, until, { grant: spoken.grantId })
}

/** Not known, for what was written before circumstances were: then no rule is guessed to hold. */
const circumstances = z.object({ address: z.string().nullable(), browser: z.enum(['known', 'new']).nullable() })

/** In which circumstances somebody was told this. */
export async function circumstancesOf({ store }: House, spoken: Spoken): Promise<Circumstances> {
  const found = await store.documents.get(kind, idOf(spoken))
  return circumstances.safeParse(found?.value).data ?? { address: null, browser: null }
}

/** Which authenticators somebody can still prove something with. */
async function theirsNow({ store }: House, account: string): Promise<ReadonlySet<string>> {
  return new Set((await store.authenticators.listAll(account)).map(({ id }) => id))
}

/** Who is signed in in the engine's session, which outlives what it rests on: something proven in it still counts. */
export async function living(house: House, session: { uid?: string | undefined; accountId?: string | undefined } = {}) {
  const { uid, accountId: account } = session
  if (!uid || !account) return null
  const person = await personOf(house, account)
  const proven = await evidenceOf(house.store, uid, null, house.now().getTime() - house.config.sessions.longest)
  const counting = countingOf(
    person,
    proven.filter((one) => one.account === account),
    house.now().getTime(),
  )
  if (counting.length === 0) return null
  const theirs = await theirsNow(house, account)
  return counting.some(({ authenticator }) => theirs.has(authenticator)) ? { uid, account } : null
}

/** Whether what a token says still has everything that it rests on: the person, and each authenticator. */
export async function stands(house: House, account: string, spoken: Spoken): Promise<boolean> {
  const found = await house.store.documents.get(kind, idOf(spoken))
  const rests = found?.value.authenticators
  if (!Array.isArray(rests) || rests.length === 0) return false
  // Rows of before it was kept say at least when the oldest was proven.
  const provenAt = Number(found?.value.provenAt ?? (spoken.authTime ?? 0) * 1000)
  if (countingOf(await personOf(house, account), [{ provenAt }], house.now().getTime()).length === 0) return false
  const theirs = await theirsNow(house, account)
  return rests.every((id) => theirs.has(id))
}

/** What an engine's token says, whichever kind it is. */
export function spokenIn(token: object): Spoken {
  const { grantId, extra, ...own } = token as Spoken & { extra?: Spoken & { auth_time?: number } }
  return extra ? { grantId, acr: extra.acr, amr: extra.amr, authTime: extra.auth_time } : { grantId, ...own }
}
