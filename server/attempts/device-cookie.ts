import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { CookieJar } from '../http/cookie.ts'
import { type Keeper, sealedList } from '../http/sealed-list.ts'
import type { Store } from '../store/store.ts'

const entry = z.strictObject({
  account: z.string(),
  /** What somebody signed in with here: a new secret is another authenticator, and nobody's has been here with it. */
  authenticators: z.array(z.string()),
  /** Names this browser's own count of wrong answers. */
  device: z.string(),
  at: z.number(),
})
/** Somebody has finished a sign-in in this browser, under whichever policy. */
export type SeenDevice = z.output<typeof entry>

export const deviceKeptMs = 90 * 24 * 3_600_000
/**
 * The browser's own budget of wrong answers (OWASP, device cookies): strangers who guess at somebody's password use up
 * theirs, and never that of a browser that the person has signed in with. It names no policy: no edit of one may reopen
 * a lock. What `browser: known` believes is another cookie.
 */
const list = sealedList('sallyport_device', entry, deviceKeptMs)
export const devicesIn = list.read

/** This person has finished a sign-in here with these; what was ended since is not taken over, nor its count. */
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

/** What this browser was seen with of somebody, after the instant before which nothing of theirs counts; else null. */
export async function seenDeviceOf(
  { store }: { readonly store: Pick<Store, 'people'> },
  devices: readonly SeenDevice[],
  account: string | null,
): Promise<SeenDevice | null> {
  const seen = devices.find((one) => one.account === account)
  const person = seen && (await store.people.get(seen.account))
  return person && seen.at > (person.notBefore ?? 0) ? seen : null
}
