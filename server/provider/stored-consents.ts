import { z } from 'zod'
import { type Consent, joined } from '#shared/consent.ts'
import { isCurrent } from '../clock/instants.ts'
import type { AppContext } from '../context/app-context.ts'
import type { Document, Store } from '../store/store.ts'

export type { Consent }

const kind = 'Consent'
const yearMs = 365 * 86_400_000
const idOf = (account: string, client: string) => JSON.stringify([account, client])
const clientIn = (value: Document['value']): string => String(value.client)

/** A consent as it is stored; a row of another shape allows nothing. */
const stored = z.object({
  scopes: z.array(z.string()),
  apis: z.array(z.object({ resource: z.string(), scopes: z.array(z.string()) })),
})
const nothing: Consent = { scopes: [], apis: [] }
const consentIn = (value: unknown): Consent => stored.safeParse(value).data ?? nothing

/** The consent that a prompt asks for; a prompt that began before APIs were named names none. */
export const wantedIn = ({ scopes, apis = [] }: Readonly<Record<string, unknown>>): Consent =>
  stored.parse({ scopes, apis })

type Clocked = Pick<AppContext, 'store' | 'now'>

/** The consent that somebody has given a relying party, as far as it has not run out. */
export async function allowedTo({ store, now }: Clocked, account: string, client: string): Promise<Consent> {
  const found = await store.documents.get(kind, idOf(account, client))
  return found && isCurrent(found.expiresAt, now().getTime(), yearMs) ? consentIn(found.value) : nothing
}

/** Stores for a year what somebody allows, joined with what they allowed before. */
export async function allow(app: Clocked, account: string, client: string, consent: Consent): Promise<void> {
  const all = joined(await allowedTo(app, account, client), consent)
  const until = app.now().getTime() + yearMs
  await app.store.documents.put(kind, idOf(account, client), { client, ...all }, until, { account })
}

/** One relying party's consent, and when it runs out (ISO 8601). */
export interface ListedConsent extends Consent {
  readonly client: string
  readonly until: string
}

/** All consents of an account, sorted by the relying parties' ids. */
export async function consentsOf({ store, now }: Clocked, account: string): Promise<readonly ListedConsent[]> {
  const found = await store.documents.ofAccount(kind, account)
  return found
    .filter(({ expiresAt }) => isCurrent(expiresAt, now().getTime(), yearMs))
    .map(({ value, expiresAt }) => ({
      client: clientIn(value),
      ...consentIn(value),
      until: new Date(expiresAt).toISOString(),
    }))
    .sort((a, b) => (a.client < b.client ? -1 : 1))
}

/**
 * Withdraws the consent for one relying party, or for all of them (null). The grants end with it, and so do their
 * codes, refresh tokens and opaque access tokens. Gives the ids of the relying parties that had a consent.
 */
export async function withdrawConsent(
  store: Store,
  account: string,
  client: string | null,
): Promise<readonly string[]> {
  const isMeant = (one: unknown) => client === null || one === client
  return store.transaction(async ({ documents }) => {
    const clients = (await documents.ofAccount(kind, account)).map(({ value }) => clientIn(value)).filter(isMeant)
    for (const one of clients) {
      await documents.remove(kind, idOf(account, one))
      for (const grant of await grantsOf(documents, account, one)) await documents.remove('Grant', grant)
    }
    return clients
  })
}

/** The ids of the grants that a relying party has of somebody, as sessions, codes and tokens name them. */
async function grantsOf(documents: Store['documents'], account: string, client: string): Promise<ReadonlySet<string>> {
  const grants = new Set<unknown>()
  for (const { value } of await documents.ofAccount('Session', account)) {
    const { authorizations = {} } = value as { authorizations?: Readonly<Record<string, { grantId?: string }>> }
    grants.add(authorizations[client]?.grantId)
  }
  for (const issued of ['AuthorizationCode', 'RefreshToken', 'AccessToken'])
    for (const { value } of await documents.ofAccount(issued, account))
      if (value.clientId === client) grants.add(value.grantId)
  return new Set([...grants].filter((one) => typeof one === 'string'))
}
