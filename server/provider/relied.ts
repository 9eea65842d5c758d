import { z } from 'zod'
import type { Facts } from '#shared/policy/facts.ts'
import { evidenceOf } from '../evidence/evidence.ts'
import type { House } from '../house.ts'

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
 * Remembers which authenticators it rests on that somebody is told this under a grant, and in which circumstances; for
 * as long as a session can last.
 */
export const rely = (
  { store, now, config }: House,
  spoken: Spoken,
  authenticators: readonly string[],
  { address, browser }: Circumstances,
): Promise<void> =>
  store.documents.put(
    kind,
    idOf(spoken),
    { authenticators, address, browser },
    now().getTime() + 2 * config.sessions.longest,
    { grant: spoken.grantId },
  )

/** Not known, for what was written before circumstances were: then no rule is guessed to hold. */
const circumstances = z.object({ address: z.string().nullable(), browser: z.enum(['known', 'new']).nullable() })

/** In which circumstances somebody was told this. */
export async function circumstancesOf({ store }: House, spoken: Spoken): Promise<Circumstances> {
  const found = await store.documents.get(kind, idOf(spoken))
  return circumstances.safeParse(found?.value).data ?? { address: null, browser: null }
}

/** What somebody can still prove something with; nothing for one who is gone or disabled. */
async function theirsNow({ store }: House, account: string): Promise<ReadonlySet<string>> {
  const person = await store.people.get(account)
  if (!person || person.disabled) return new Set()
  return new Set((await store.authenticators.listAll(account)).map(({ id }) => id))
}

/** Who is signed in in the engine's session, which outlives what it rests on: something proven in it is still theirs. */
export async function living(house: House, session: { uid?: string | undefined; accountId?: string | undefined } = {}) {
  const { uid, accountId: account } = session
  if (!uid || !account) return null
  const theirs = await theirsNow(house, account)
  const proven = await evidenceOf(house.store, uid, null, house.now().getTime() - house.config.sessions.longest)
  return proven.some((one) => one.account === account && theirs.has(one.authenticator)) ? { uid, account } : null
}

/** Whether what a token says still has everything that it rests on: the person, and each authenticator. */
export async function stands(house: House, account: string, spoken: Spoken): Promise<boolean> {
  const found = await house.store.documents.get(kind, idOf(spoken))
  const rests = found?.value.authenticators
  if (!Array.isArray(rests) || rests.length === 0) return false
  const theirs = await theirsNow(house, account)
  return rests.every((id) => theirs.has(id))
}

/** What an engine's token says, whichever kind it is. */
export function spokenIn(token: object): Spoken {
  const { grantId, extra, ...own } = token as Spoken & { extra?: Spoken & { auth_time?: number } }
  return extra ? { grantId, acr: extra.acr, amr: extra.amr, authTime: extra.auth_time } : { grantId, ...own }
}
