import { createHash, randomUUID } from 'node:crypto'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { DatedEntry, Entry, WrittenEntry } from './entry.ts'
import { preparedQuery } from './prepared.ts'
import { preparedList } from './prepared-list.ts'
import type { ProvenEvidence, Store } from './store.ts'
import type { Tables } from './tables.ts'

/** The digest of a relying party's nonce: nonces are only compared, and all digests have one length. */
export const digestOf = (run: string): string => createHash('sha256').update(run).digest('base64url')

const hourMs = 3_600_000
/**
 * How long the record of a challenge or a refusal is stored while nothing was proven in its sign-in: anybody can cause
 * such records. A sign-in ends after an hour and five minutes at the latest: two hours. Wrong answers, of which each
 * address has few, stay for a day; answers that were refused unverified (`locked`) for two hours.
 */
const pendingMs = (entry: Extract<Entry, { kind: 'opened' | 'refused' }>) =>
  (entry.kind === 'refused' && entry.why !== 'locked' ? 24 : 2) * hourMs
const pendingUntil = ({ entry, at }: DatedEntry) =>
  entry.kind === 'opened' || entry.kind === 'refused' ? at + pendingMs(entry) : null
/** An opened challenge or an unverified answer proves, spends and counts nothing (decision 7). */
const isForgettable = ({ entry }: DatedEntry) =>
  entry.kind === 'opened' || (entry.kind === 'refused' && entry.why === 'locked')

function rowOf({ entry, at }: DatedEntry) {
  const { where = null, run = null, ...body } = { ...entry } as Entry & { where?: string | null; run?: string | null }
  return {
    id: randomUUID(),
    at,
    kind: entry.kind,
    sign_in: 'signIn' in entry ? entry.signIn : null,
    account: entry.account,
    client: 'client' in entry ? entry.client : null,
    run: run === null ? null : digestOf(run),
    body: JSON.stringify(body),
    address: where,
  }
}

const columns = ['id', 'at', 'body', 'run', 'address'] as const
type Row = Pick<Selectable<Tables['records']>, (typeof columns)[number]>

function writtenOf({ body, id, at, run, address }: Row): WrittenEntry {
  const entry = JSON.parse(body)
  return { ...('client' in entry ? { run, where: address } : {}), ...entry, id, at }
}

const evidenceOf = (row: Row, dated: number, current: boolean): ProvenEvidence[] => {
  const entry = writtenOf(row)
  if (entry.kind !== 'proven') return []
  const { id, account, factor, authenticator, proof } = entry
  return [{ ...proof, id, account, factor, authenticator, at: dated, provenAt: entry.at, current }]
}

const oldestFirst = (evidence: ProvenEvidence[]) => evidence.sort((one, other) => one.provenAt - other.provenAt)

const every = ['id', 'at', 'kind', 'sign_in', 'account', 'client', 'run', 'body', 'address'] as const
const withUntil = [...every, 'until'] as const

const queries = {
  /** A row is pending until its instant, if any, where nothing was proven in its sign-in. */
  append: preparedList([], withUntil, (db, _, rows) =>
    db.insertInto('records').values(
      rows.map(({ until, ...row }) => ({
        ...row,
        pending_until: sql<number | null>`case when ${until} is not null and not exists (
          select 1 from records where sign_in = ${row.sign_in} and kind = 'proven') then ${until} end`,
      })),
    ),
  ),
  settle: preparedQuery(['sign_in'], (db, { sign_in }) =>
    db
      .updateTable('records')
      .set({ pending_until: null })
      .where('sign_in', '=', sign_in)
      .where('pending_until', 'is not', null),
  ),
  bind: preparedQuery(['sign_in', 'session'], (db, { sign_in, session }) =>
    db
      .insertInto('session_sign_ins')
      .columns(['sign_in', 'session', 'bound_at'])
      .expression((c) =>
        c
          .selectFrom('records')
          .select(({ fn, val, ref }) => [
            sql<string>`${sign_in}`.as('sign_in'),
            sql<string>`${session}`.as('session'),
            fn.coalesce(fn.max(ref('at')), val(0)).as('bound_at'),
          ])
          .where('sign_in', '=', sign_in)
          .where('kind', '=', 'proven'),
      )
      .onConflict((c) => c.column('sign_in').doNothing())
      .returning(['session', 'bound_at']),
  ),
  bound: preparedQuery(['sign_in'], (db, { sign_in }) =>
    db.selectFrom('session_sign_ins').select(['session', 'bound_at']).where('sign_in', '=', sign_in),
  ),
  ofSignIn: preparedQuery(['sign_in'], (db, { sign_in }) =>
    db.selectFrom('records').select(columns).where('sign_in', '=', sign_in).where('kind', '=', 'proven'),
  ),
  ofSession: preparedQuery(['session'], (db, { session }) => {
    const bound = db.selectFrom('session_sign_ins')
    return db
      .selectFrom('records')
      .select([...columns, 'sign_in'])
      .select((of) => {
        const its = of.selectFrom('session_sign_ins').select('bound_at')
        return its.whereRef('session_sign_ins.sign_in', '=', 'records.sign_in').as('bound_at')
      })
      .where('kind', '=', 'proven')
      .where('sign_in', 'in', bound.select('sign_in').where('session', '=', session))
  }),
}

/**
 * The append-only audit log of evidence, refusals and tokens. The records of a sign-in before its first proof are
 * pending until then; nothing else here updates or deletes, except the sweep.
 */
export function recordsIn(db: Kysely<Tables>): Store['records'] {
  async function appendAll(entries: readonly DatedEntry[], isFirst: boolean) {
    const rows = entries.map(rowOf)
    if (rows.length === 0) return rows
    const proven = entries.find(({ entry }) => entry.kind === 'proven')
    const dated = rows.map((row, at) => ({ ...row, until: proven ? null : pendingUntil(entries[at] as DatedEntry) }))
    await queries.append(db, {}, dated, { forgettable: entries.every(isForgettable) })
    if (proven && !isFirst) await queries.settle(db, { sign_in: rows[0]?.sign_in ?? null })
    return rows
  }
  return {
    async append(entry, at) {
      const [row] = await appendAll([{ entry, at }], false)
      return row?.id ?? ''
    },
    async appendAll(entries, isFirst = false) {
      return (await appendAll(entries, isFirst)).flatMap((row) => evidenceOf(row, row.at, true))
    },
    async bind(signIn, session) {
      const [made] = (await queries.bind(db, { sign_in: signIn, session })).rows
      const bound = made ?? (await queries.bound(db, { sign_in: signIn })).rows[0]
      return bound?.session === session ? bound.bound_at : null
    },
    async ofSignIn(signIn) {
      const { rows } = await queries.ofSignIn(db, { sign_in: signIn })
      return oldestFirst(rows.flatMap((row) => evidenceOf(row, row.at, true)))
    },
    async ofSession(session, current = null) {
      const { rows } = await queries.ofSession(db, { session })
      return oldestFirst(rows.flatMap((row) => evidenceOf(row, row.bound_at ?? row.at, row.sign_in === current)))
    },
    async ofRun(client, run) {
      const those = db.selectFrom('records').selectAll().where('client', '=', client).where('run', '=', digestOf(run))
      return (await those.orderBy('at').execute()).map(writtenOf)
    },
    async trail(signIns) {
      if (signIns.length === 0) return []
      const rows = await db.selectFrom('records').selectAll().where('sign_in', 'in', signIns).orderBy('at').execute()
      return rows.map(writtenOf)
    },
    async read(ids) {
      if (ids.length === 0) return []
      const rows = await db.selectFrom('records').selectAll().where('id', 'in', ids).orderBy('at').execute()
      return rows.map(writtenOf)
    },
  }
}
