import type { Kysely } from 'kysely'
import type { Seal } from '../secrets/seal.ts'
import { runnerOf } from './kysely-dialect.ts'
import type { Lookup } from './lookup.ts'
import { changedRow, preparedQuery } from './prepared.ts'
import { everyColumn, queuedPuts } from './queued-puts.ts'
import type { Document, Handles, Store } from './store.ts'
import type { Tables } from './tables.ts'

/**
 * Kinds of document whose loss only costs a person the sign-in of that moment: their last writes may be gone after a
 * power loss (decision 7). Spending or removing one is always durable, and so is every write of another kind.
 */
const forgettable: ReadonlySet<string> = new Set([
  'Interaction',
  'Session',
  'Grant',
  'AuthorizationCode',
  'AccessToken',
  'RefreshToken',
  'Relied',
  'SignIn',
])

/** The row to which a document's seal is bound; `id` is the row's own (hashed) id. */
export const sealedRow = (kind: string, id: string): readonly string[] => ['documents', kind, id]

const columns = ['id', 'value', 'revision', 'consumed_at', 'expires_at'] as const
const queries = {
  get: preparedQuery(['kind', 'id'], (db, { kind, id }) =>
    db.selectFrom('documents').select(columns).where('kind', '=', kind).where('id', '=', id),
  ),
  several: preparedQuery(['kind', 'id', 'kind2', 'id2', 'kind3', 'uid'], (db, { kind, id, kind2, id2, kind3, uid }) =>
    db
      .selectFrom('documents')
      .select([...columns, 'kind', 'uid'])
      .where((c) =>
        c.or([
          c.and([c('kind', '=', kind), c('id', '=', id)]),
          c.and([c('kind', '=', kind2), c('id', '=', id2)]),
          c.and([c('kind', '=', kind3), c('uid', '=', uid)]),
        ]),
      ),
  ),
  byUid: preparedQuery(['kind', 'uid'], (db, { kind, uid }) =>
    db.selectFrom('documents').select(columns).where('kind', '=', kind).where('uid', '=', uid),
  ),
  ofAccount: preparedQuery(['kind', 'account'], (db, { kind, account }) =>
    db.selectFrom('documents').select(columns).where('account', '=', account).where('kind', '=', kind),
  ),
  ofKind: preparedQuery(['kind', 'most'], (db, { kind, most }) =>
    db.selectFrom('documents').select(columns).where('kind', '=', kind).orderBy('expires_at').limit(most),
  ),
  add: preparedQuery(everyColumn, (db, values) =>
    db
      .insertInto('documents')
      .values({ ...values, revision: 0 })
      .onConflict((c) => c.columns(['kind', 'id']).doNothing()),
  ),
  replace: preparedQuery(
    ['kind', 'id', 'revision', 'value', 'expires_at', 'next'],
    (db, { kind, id, revision, value, expires_at, next }) =>
      db
        .updateTable('documents')
        .set({ value, expires_at, revision: next })
        .where('kind', '=', kind)
        .where('id', '=', id)
        .where('revision', '=', revision),
  ),
  consume: preparedQuery(['kind', 'id', 'at'], (db, { kind, id, at }) =>
    db
      .updateTable('documents')
      .set({ consumed_at: at })
      .where('kind', '=', kind)
      .where('id', '=', id)
      .where('consumed_at', 'is', null),
  ),
  take: preparedQuery(['kind', 'id'], (db, { kind, id }) =>
    db.deleteFrom('documents').where('kind', '=', kind).where('id', '=', id).returning(columns),
  ),
  removeOfAccount: preparedQuery(['kind', 'account'], (db, { kind, account }) =>
    db.deleteFrom('documents').where('account', '=', account).where('kind', '=', kind),
  ),
  removeByUid: preparedQuery(['kind', 'uid'], (db, { kind, uid }) =>
    db.deleteFrom('documents').where('kind', '=', kind).where('uid', '=', uid),
  ),
  removeByGrant: preparedQuery(['kind', 'grant'], (db, { kind, grant }) =>
    db.deleteFrom('documents').where('kind', '=', kind).where('grant_id', '=', grant),
  ),
}

const writing = (kind: string, forgettable = false) => ({ forgettable, writes: `documents ${kind}` }) as const
const keyOf = (kind: string, id: string) => `${kind} ${id}`
const uidKeyOf = (kind: string, uid: string) => `${kind} of uid ${uid}`

/** Documents in rows that are found by a keyed hash of the id and hold sealed values: no token or code is readable. */
export function documentsIn(db: Kysely<Tables>, seal: Seal, lookup: Lookup): Store['documents'] {
  const { once, enqueue, keep: keepRead, connection } = runnerOf(db)
  const { cache } = connection
  connection.queueWith(() => queuedPuts(db))
  type Row = Pick<Tables['documents'], (typeof columns)[number]>
  const openedOf = (kind: string, { id, value, revision, ...row }: Row) => ({
    json: seal.openText(value, sealedRow(kind, id)),
    revision,
    consumedAt: row.consumed_at,
    expiresAt: row.expires_at,
  })
  /** A value of its own for every reader: the engine changes what it reads. */
  const parsed = ({ json, ...rest }: ReturnType<typeof openedOf>): Document => ({ value: JSON.parse(json), ...rest })
  const documentOf = (kind: string, row: Row): Document => parsed(openedOf(kind, row))
  const rowOf = (kind: string, id: string, value: object, expiresAt: number, handles: Handles = {}) => {
    const hashed = lookup(kind, id)
    return {
      kind,
      id: hashed,
      value: seal.close(value, sealedRow(kind, hashed)),
      expires_at: expiresAt,
      uid: handles.uid ?? null,
      grant_id: handles.grant ?? null,
      account: handles.account ?? null,
    }
  }
  return {
    async get(kind, id) {
      const hashed = lookup(kind, id)
      const found = await once([`documents ${kind}`], keyOf(kind, hashed), async () => {
        const [row] = (await queries.get(db, { kind, id: hashed })).rows
        return row ? openedOf(kind, row) : null
      })
      return found && parsed(found)
    },
    async byUid(kind, uid) {
      const found = await once([`documents ${kind}`], uidKeyOf(kind, uid), async () => {
        const [row] = (await queries.byUid(db, { kind, uid })).rows
        return row ? openedOf(kind, row) : null
      })
      return found && parsed(found)
    },
    async prefetch([one, two], byUid) {
      const ids = [one, two].map(([kind, id]) => ({ kind, id: lookup(kind, id) }))
      const [first, second] = ids
      if (!first || !second) return
      const [kind3, uid] = byUid ?? ['', '']
      const asOf = cache.writes()
      const { rows } = await queries.several(db, { ...first, kind2: second.kind, id2: second.id, kind3, uid })
      const keep = (kind: string, key: string, row: (typeof rows)[number] | undefined) =>
        keepRead([`documents ${kind}`], key, row ? openedOf(kind, row) : null, asOf)
      for (const { kind, id } of ids) {
        const row = rows.find((one) => one.kind === kind && one.id === id)
        keep(kind, keyOf(kind, id), row)
      }
      const row = rows.find((one) => one.kind === kind3 && one.uid === uid)
      if (byUid) keep(kind3, uidKeyOf(kind3, uid), row)
    },
    async ofAccount(kind, account) {
      const { rows } = await queries.ofAccount(db, { kind, account })
      return rows.map((row) => documentOf(kind, row))
    },
    async ofKind(kind, most) {
      return (await queries.ofKind(db, { kind, most })).rows.map((row) => documentOf(kind, row))
    },
    async put(kind, id, value, expiresAt, handles) {
      const row = rowOf(kind, id, value, expiresAt, handles)
      await enqueue(row, writing(kind, forgettable.has(kind)))
    },
    async add(kind, id, value, expiresAt) {
      const row = rowOf(kind, id, value, expiresAt)
      return changedRow(await queries.add(db, row, writing(kind, forgettable.has(kind))))
    },
    async replace(kind, id, revision, value, expiresAt) {
      const row = { ...rowOf(kind, id, value, expiresAt), revision, next: revision + 1 }
      return changedRow(await queries.replace(db, row, writing(kind, forgettable.has(kind))))
    },
    async consume(kind, id, at) {
      return changedRow(await queries.consume(db, { kind, id: lookup(kind, id), at }, writing(kind)))
    },
    async take(kind, id) {
      const [row] = (await queries.take(db, { kind, id: lookup(kind, id) }, writing(kind))).rows
      return row ? documentOf(kind, row) : null
    },
    async remove(kind, id) {
      await queries.take(db, { kind, id: lookup(kind, id) }, writing(kind))
    },
    async removeByUid(kind, uid) {
      await queries.removeByUid(db, { kind, uid }, writing(kind))
    },
    async removeByGrant(kind, grant) {
      await queries.removeByGrant(db, { kind, grant }, writing(kind))
    },
    async removeOfAccount(kind, account) {
      await queries.removeOfAccount(db, { kind, account }, writing(kind))
    },
  }
}
