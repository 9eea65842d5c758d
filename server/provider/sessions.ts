import type Provider from 'oidc-provider'
import type { FactorId } from '#shared/factors/table.ts'
import { isCurrent } from '../clock/instants.ts'
import type { AppContext } from '../context/app-context.ts'
import { endEverything } from '../evidence/ending.ts'
import { takeDue } from '../evidence/sign-outs-due.ts'

/** A browser that somebody is signed in in. */
export interface Session {
  readonly id: string
  /** When the session ends if nothing more is asked for in it (ISO 8601). */
  readonly endsAt: string
  /** The names of the relying parties that were answered in it. */
  readonly clients: readonly string[]
  /** The factors that were proven in it. */
  readonly factors: readonly FactorId[]
}

export interface Sessions {
  list(account: string): Promise<readonly Session[]>
  /**
   * Ends a session for every relying party, and tells those that want to know; false for an unknown id, and for
   * somebody else's session.
   */
  end(account: string, id: string): Promise<boolean>
  /** Ends all sessions of an account, and everything that was proven until now; gives the number of sessions. */
  endAll(account: string): Promise<number>
  /** Tells relying parties of sessions that were ended where nobody could tell them, such as by a command. */
  tellDue(): Promise<void>
}

/** The fields of the engine's session that matter here. */
interface EngineSession {
  readonly uid: string
  readonly authorizations?: Readonly<Record<string, { readonly sid?: string; readonly grantId?: string }>>
}

export function sessionsOf({ store, config, now, log }: AppContext, provider: Provider): Sessions {
  const all = async (account: string) =>
    (await store.documents.ofAccount('Session', account))
      .filter(({ expiresAt }) => isCurrent(expiresAt, now().getTime(), config.sessions.longest))
      .map(({ value, expiresAt }) => ({ expiresAt, session: value as unknown as EngineSession }))
  const namesOf = ({ authorizations = {} }: EngineSession) =>
    Object.keys(authorizations).flatMap((id) => config.clients.get(id)?.client_name ?? [])

  async function tell(account: string, clientId: string, sid: string | undefined) {
    const client = await provider.Client.find(clientId)
    if (!client?.backchannelLogoutUri) return
    // The engine's own method, which signs the token and sends it by our fetch; its types do not have it.
    const told = client as typeof client & { backchannelLogout(account: string, sid?: string): Promise<void> }
    await told.backchannelLogout(account, sid).catch((err: unknown) => {
      log.warn({ err, client: clientId }, 'a relying party was not told of a sign-out')
    })
  }

  const tellDue = async () => {
    const due = await takeDue(store)
    await Promise.all(due.map(({ account, client, sid }) => tell(account, client, sid)))
  }

  return {
    list: async (account) =>
      Promise.all(
        (await all(account)).map(async ({ session, expiresAt }) => ({
          id: session.uid,
          endsAt: new Date(expiresAt).toISOString(),
          clients: namesOf(session),
          factors: [...new Set((await store.records.ofSession(session.uid)).map(({ factor }) => factor))],
        })),
      ),
    async end(account, id) {
      const found = (await all(account)).find(({ session }) => session.uid === id)
      if (!found) return false
      const authorizations = Object.entries(found.session.authorizations ?? {})
      // No token outlives the session and the grant that it came from.
      await store.transaction(async (inside) => {
        await inside.documents.removeByUid('Session', id)
        for (const [, { grantId }] of authorizations) if (grantId) await inside.documents.remove('Grant', grantId)
      })
      await Promise.all(authorizations.map(([client, { sid }]) => tell(account, client, sid)))
      return true
    },
    async endAll(account) {
      const ended = await all(account)
      await store.transaction((inside) => endEverything(inside, account, now().getTime()))
      await tellDue()
      return ended.length
    },
    tellDue,
  }
}
