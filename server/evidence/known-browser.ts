import { z } from 'zod'
import type { AppContext } from '../context/app-context.ts'
import type { CookieJar } from '../http/cookie.ts'
import { sealedList } from '../http/sealed-list.ts'

const entry = z.strictObject({
  account: z.string(),
  /**
   * The hash of the policy under which a sign-in was finished; under another policy, or the same one changed, the entry
   * does not count.
   */
  policy: z.string(),
  /** The authenticators that the sign-in rested on: without one of them the entry does not count. */
  authenticators: z.array(z.string()),
  at: z.number(),
})
/** Somebody has finished a sign-in in this browser, under a policy. */
export type SignedBefore = z.output<typeof entry>

const keptMs = 90 * 24 * 3_600_000
const list = sealedList('sallyport_browser', entry, keptMs)

/** Reads who has finished sign-ins in the browser that a request comes from (decision 14). */
export const signedBefore = list.read

/**
 * Remembers that this person has finished a sign-in here; entries of others stay as they are. `wasKnown`: the sign-in
 * may have skipped a step because the browser was known, and rests on what that entry rested on, too.
 */
export function rememberBrowser(
  app: AppContext,
  jar: CookieJar,
  signed: Omit<SignedBefore, 'at'>,
  wasKnown: boolean,
): void {
  const isSame = ({ account, policy }: SignedBefore) => account === signed.account && policy === signed.policy
  const before = wasKnown ? list.read(app, jar.req).find(isSame) : undefined
  const authenticators = [...new Set([...signed.authenticators, ...(before?.authenticators ?? [])])]
  list.add(app, jar, { ...signed, authenticators, at: app.now().getTime() }, isSame)
}

/** Whether the person is known in this browser, as they and the policy are now. */
export async function isKnownBrowser(
  { store }: Pick<AppContext, 'store'>,
  all: readonly SignedBefore[],
  account: string | null,
  policy: string,
): Promise<boolean> {
  const signed = all.find((one) => one.account === account && one.policy === policy)
  const person = signed && (await store.people.get(signed.account))
  if (!person || person.disabled || signed.at <= (person.notBefore ?? 0)) return false
  const theirs = new Set((await store.authenticators.listAll(person.id)).map(({ id }) => id))
  return signed.authenticators.every((id) => theirs.has(id))
}
