import { z } from 'zod'
import type { Document, Store } from '../store/store.ts'

/** A relying party that has to be told that a session is over (OpenID Connect Back-Channel Logout 1.0 §2.4). */
const due = z.object({ account: z.string(), client: z.string(), sid: z.string() })
export type SignOutDue = z.output<typeof due>

const kind = 'SignOutDue'
const dayMs = 86_400_000
const most = 100
const idOf = ({ client, sid }: SignOutDue) => JSON.stringify([client, sid])
const authorized = z.object({ authorizations: z.record(z.string(), z.looseObject({ sid: z.string().optional() })) })

/**
 * Stores the relying parties of an ended session that have to be told: whoever ends it may have no server, such as a
 * command.
 */
export async function noteSignOutDue(inside: Store, account: string, session: Document, at: number): Promise<void> {
  const { authorizations = {} } = authorized.safeParse(session.value).data ?? {}
  for (const [client, { sid }] of Object.entries(authorizations))
    if (sid !== undefined) {
      const signOut: SignOutDue = { account, client, sid }
      await inside.documents.put(kind, idOf(signOut), signOut, at + dayMs)
    }
}

/** Takes the sign-outs that are due, each for one caller alone. */
export async function takeDue({ documents }: Store): Promise<readonly SignOutDue[]> {
  const taken: SignOutDue[] = []
  for (const { value } of await documents.ofKind(kind, most)) {
    const one = due.parse(value)
    if (await documents.take(kind, idOf(one))) taken.push(one)
  }
  return taken
}
