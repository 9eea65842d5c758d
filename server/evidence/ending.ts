import type { Store } from '../store/store.ts'
import { noteSignOutDue } from './sign-outs-due.ts'

/** The engine's models of somebody who is signed in, and of what was issued for them. */
const issuedKinds = ['Session', 'Grant', 'AuthorizationCode', 'AccessToken', 'RefreshToken']

/**
 * Ends everything that somebody has proven until now, inside a transaction: sessions, grants and tokens are gone, and what
 * is in nobody's hands yet (a sign-in half way, or finished and not taken back; a JWT; a browser that is known) counts no
 * more, since it is older than this instant (epoch milliseconds). Relying parties are told by the server that runs.
 */
export async function endEverything(inside: Store, account: string, at: number): Promise<void> {
  await inside.people.endBefore(account, at)
  for (const session of await inside.documents.ofAccount('Session', account))
    await noteSignOutDue(inside, account, session, at)
  for (const kind of issuedKinds) await inside.documents.removeOfAccount(kind, account)
  await inside.records.append({ kind: 'ended', account }, at)
}
