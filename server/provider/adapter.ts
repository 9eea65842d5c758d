import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import type { House } from '../house.ts'

const handlesOf = ({ uid, grantId, accountId }: AdapterPayload) => ({ uid, grant: grantId, account: accountId })

/** The engine's models as documents of the store, each kind apart: an id of one is never an id of another. */
export const adapterFor =
  ({ store, now }: Pick<House, 'store' | 'now'>) =>
  (kind: string): Adapter => ({
    async upsert(id, payload, expiresIn) {
      const expiresAt = now().getTime() + (expiresIn ?? 0) * 1000
      await store.documents.put(kind, id, payload, expiresAt, handlesOf(payload))
    },
    async find(id) {
      const found = await store.documents.get(kind, id)
      // By our clock, and not only by the engine's own.
      if (!found || found.expiresAt <= now().getTime()) return undefined
      const consumed = found.consumedAt === null ? {} : { consumed: Math.floor(found.consumedAt / 1000) }
      return { ...found.value, ...consumed } as AdapterPayload
    },
    async findByUid(uid) {
      const found = await store.documents.byUid(kind, uid)
      return found && found.expiresAt > now().getTime() ? (found.value as AdapterPayload) : undefined
    },
    // The device flow, the only user of user codes, is off.
    findByUserCode: async () => undefined,
    // The engine reads `consumed` and calls this later: of twenty at once, only a conditional update lets one through.
    async consume(id) {
      if (!(await store.documents.consume(kind, id, now().getTime()))) throw new errors.InvalidGrant('already used')
    },
    destroy: (id) => store.documents.remove(kind, id),
    revokeByGrantId: (grant) => store.documents.removeByGrant(kind, grant),
  })
