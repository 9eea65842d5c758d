import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { CookieJar } from '../http/cookie.ts'
import { type Keeper, sealedList } from '../http/sealed-list.ts'
import type { Store } from '../store/store.ts'

const entry = z.strictObject({
  account: z.string(),
  /** Ids of the authenticators used in this browser. A new secret is a new id, which no browser has seen. */
  authenticators: z.array(z.string()),
  /** The id of this browser's own count of wrong answers. */
  device: z.string(),
  at: z.number(),
})
/** A person's entry in the device cookie: they have finished a sign-in in this browser, under whatever policy. */
export type SeenDevice = z.output<typeof entry>

export const deviceKeptMs = 90 * 24 * 3_600_000
/**
 * The device cookie (OWASP), which gives a browser its own budget of wrong answers: strangers who guess a person's
 * password never use up the budget of a browser that the person has signed in with. The cookie names no policy, so that
 * no edit of a policy reopens a lock. The condition `browser: known` rests on another cookie.
 */
const list = sealedList('sallyport_device', entry, deviceKeptMs)
export const devicesIn = list.read

/** Adds these authenticators to the person's entry. An entry from before an ending is dropped, with its count. */
export async function rememberDevice(
  keeper: Keeper & { readonly store: Store },
  jar: CookieJar,
  account: string,
  authenticators: readonly string[],
): Promise<void> {
  const before = await seenDeviceOf(keeper, devicesIn(keeper, jar.req), account)
  const device = before?.device ?? randomBytes(9).toString('base64url')
  const all = [...new Set([...authenticators, ...(before?.authenticators ?? [])])].slice(0, mostAuthenticators)
  const added = { account, authenticators: all, device, at: keeper.now().getTime() }
  list.add(keeper, jar, added, (one) => one.account === account)
}
const mostAuthenticators = 8

/** The account's entry in the device cookie; null without one, or when it is older than the account's `notBefore`. */
export async function seenDeviceOf(
  { store }: { readonly store: Pick<Store, 'people'> },
  devices: readonly SeenDevice[],
  account: string | null,
): Promise<SeenDevice | null> {
  const seen = devices.find((one) => one.account === account)
  const person = seen && (await store.people.get(seen.account))
  return person && seen.at > (person.notBefore ?? 0) ? seen : null
}
