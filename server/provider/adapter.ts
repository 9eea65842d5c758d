import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import { isAhead, isCurrent } from '../guard/clock.ts'
import type { House } from '../house.ts'
import type { Document } from '../store/store.ts'
import { longestOf } from './lifetimes.ts'

const handlesOf = ({ uid, grantId, accountId }: AdapterPayload) => ({ uid, grant: grantId, account: accountId })

/**
 * A model without what may be presented: its own id (`jti`, which is the token, the code or the cookie), and the session's
 * in an interaction, which the engine does not read again.
 */
function withoutBearers({ jti: _, ...payload }: AdapterPayload): AdapterPayload {
  const { cookie: __, ...session } = (payload.session ?? {}) as { cookie?: string }
  return payload.session ? { ...payload, session: session as NonNullable<AdapterPayload['session']> } : payload
}

/** The engine's models as documents of the store, each kind apart: an id of one is never an id of another. */
export const adapterFor =
  (house: House) =>
  (kind: string): Adapter => {
    const { store, now, log } = house
    const longest = longestOf(kind, house)
    /** By our clock, and not only by the engine's own; what a clock that was ahead let last for longer is gone. */
    const isThere = (found: Document | null): found is Document => {
      if (found && isAhead(found.expiresAt, now().getTime(), longest))
        log.warn({ kind, expiresAt: new Date(found.expiresAt) }, 'an instant of a clock that was ahead was bounded')
      return found !== null && isCurrent(found.expiresAt, now().getTime(), longest)
    }
    return {
      async upsert(id, payload, expiresIn) {
        const expiresAt = now().getTime() + (expiresIn ?? 0) * 1000
        await store.documents.put(kind, id, withoutBearers(payload), expiresAt, handlesOf(payload))
      },
      async find(id) {
        const found = await store.documents.get(kind, id)
        if (!isThere(found)) return undefined
        const consumed = found.consumedAt === null ? {} : { consumed: Math.floor(found.consumedAt / 1000) }
        return { ...found.value, ...consumed, jti: id } as AdapterPayload
      },
      // Without its jti: the engine compares what such a session says, and never writes it.
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
