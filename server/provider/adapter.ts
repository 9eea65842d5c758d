import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import { isAhead, isCurrent } from '../clock/instants.ts'
import type { AppContext } from '../context/app-context.ts'
import type { Document } from '../store/store.ts'
import { longestOf } from './lifetimes.ts'
import { prefetchBacking } from './token-backing.ts'

const handlesOf = ({ uid, grantId, accountId }: AdapterPayload) => ({ uid, grant: grantId, account: accountId })

/**
 * A model without the secrets that a bearer presents: its own id (`jti`, which is the token, the code or the cookie),
 * and the session's in an interaction, which the engine does not read again.
 */
function withoutBearers({ jti: _, ...payload }: AdapterPayload): AdapterPayload {
  const { cookie: __, ...session } = (payload.session ?? {}) as { cookie?: string }
  return payload.session ? { ...payload, session: session as NonNullable<AdapterPayload['session']> } : payload
}

/** Kinds that a grant and a session are asked about next. */
const bearing: ReadonlySet<string> = new Set(['AuthorizationCode', 'AccessToken', 'RefreshToken'])

/**
 * Seconds for which a model of a kind is still found after its end: whoever opens a pushed request again is led back to
 * where it came from.
 */
const lingering: Readonly<Record<string, number>> = { PushedAuthorizationRequest: 3600 }

/** The engine's models as documents of the store, each kind apart: an id of one kind is never an id of another. */
export const adapterFor =
  (app: AppContext) =>
  (kind: string): Adapter => {
    const { store, now, log } = app
    const lingersMs = (lingering[kind] ?? 0) * 1000
    const longest = longestOf(kind, app) + lingersMs
    /**
     * Whether a document is current by our clock, and not only by the engine's; a document that a wrong clock gave a
     * later end is gone.
     */
    const isThere = (found: Document | null): found is Document => {
      if (found && isAhead(found.expiresAt, now().getTime(), longest))
        log.warn({ kind, expiresAt: new Date(found.expiresAt) }, 'an instant of a clock that was ahead was bounded')
      return found !== null && isCurrent(found.expiresAt, now().getTime(), longest)
    }
    return {
      async upsert(id, payload, expiresIn) {
        const expiresAt = now().getTime() + (expiresIn ?? 0) * 1000 + lingersMs
        await store.documents.put(kind, id, withoutBearers(payload), expiresAt, handlesOf(payload))
      },
      async find(id) {
        const found = await store.documents.get(kind, id)
        if (!isThere(found)) return undefined
        if (bearing.has(kind)) await prefetchBacking(app, found.value)
        const overAt = found.expiresAt - lingersMs
        const consumedAt = found.consumedAt ?? (overAt <= now().getTime() ? overAt : null)
        const consumed = consumedAt === null ? {} : { consumed: Math.floor(consumedAt / 1000) }
        return { ...found.value, ...consumed, jti: id } as AdapterPayload
      },
      // A session found by `uid` has no `jti`: the engine compares what such a session says, and never writes it.
      async findByUid(uid) {
        const found = await store.documents.byUid(kind, uid)
        return isThere(found) ? (found.value as AdapterPayload) : undefined
      },
      // The device flow, the only user of user codes, is off.
      findByUserCode: async () => undefined,
      // The engine reads `consumed` and calls this later: of twenty at once, only a conditional update lets one through.
      async consume(id) {
        if (!(await store.documents.consume(kind, id, now().getTime()))) throw new errors.InvalidGrant('already used')
      },
      destroy: (id) => store.documents.remove(kind, id),
      revokeByGrantId: (grant) => store.documents.removeByGrant(kind, grant),
    }
  }
