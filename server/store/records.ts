import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Tables } from './migrations.ts'
import { changed, prepared } from './prepared.ts'
import type { Entry, ProvenEvidence, Store, Written } from './store.ts'

const rowOf = (entry: Entry, at: number): Tables['records'] => ({
  id: randomUUID(),
  at,
  kind: entry.kind,
  sign_in: 'signIn' in entry ? entry.signIn : null,
  account: entry.account,
  client: 'client' in entry ? entry.client : null,
  run: 'run' in entry ? entry.run : null,
  body: JSON.stringify(entry),
})

const writtenOf = (row: Pick<Tables['records'], 'id' | 'at' | 'body'>): Written => ({
  ...JSON.parse(row.body),
  id: row.id,
  at: row.at,
})

const evidenceOf = (
  row: Pick<Tables['records'], 'id' | 'at' | 'body'>,
  dated: number,
  current: boolean,
): ProvenEvidence[] => {
  const entry = writtenOf(row)
  if (entry.kind !== 'proven') return []
  const { id, account, factor, authenticator, proof } = entry
  return [{ ...proof, id, account, factor, authenticator, at: dated, provenAt: entry.at, current }]
}

const queries = {
  append: prepared(
    ['id', 'at', 'kind', 'sign_in', 'account', 'client', 'run', 'body'],
    (db, { id, at, kind, sign_in, account, client, run, body }) =>
      db.insertInto('records').values({ id, at, kind, sign_in, account, client, run, body }),
  ),
  bind: prepared(['sign_in', 'session', 'at'], (db, { sign_in, session, at }) =>
    db
      .insertInto('session_sign_ins')
      .values({ sign_in, session, bound_at: at })
      .onConflict((c) => c.column('sign_in').doNothing()),
  ),
  bound: prepared(['sign_in'], (db, { sign_in }) =>
    db.selectFrom('session_sign_ins').select('session').where('sign_in', '=', sign_in),
  ),
  ofSignIn: prepared(['sign_in'], (db, { sign_in }) =>
    db
      .selectFrom('records')
      .select(['id', 'at', 'body'])
      .where('sign_in', '=', sign_in)
      .where('kind', '=', 'proven')
      .orderBy('at'),
  ),
  ofSession: prepared(['session'], (db, { session }) =>
    db
      .selectFrom('session_sign_ins')
      .innerJoin('records', 'records.sign_in', 'session_sign_ins.sign_in')
      .select(['records.id', 'records.at', 'records.body', 'session_sign_ins.bound_at'])
      .where('session_sign_ins.session', '=', session)
      .where('records.kind', '=', 'proven')
      .orderBy('records.at'),
  ),
}

/** The append-only log of what was proven, refused and issued. Nothing here updates or deletes. */
export function recordsIn(db: Kysely<Tables>): Store['records'] {
  return {
    async append(entry, at) {
      const row = rowOf(entry, at)
      // What was asked, or not even looked at, proves nothing, spends nothing and counts nothing (decision 7).
      const forgettable = entry.kind === 'opened' || (entry.kind === 'refused' && entry.why === 'locked')
      await queries.append(db, row, { forgettable })
      return row.id
    },
    async bind(signIn, session, at) {
      if (changed(await queries.bind(db, { sign_in: signIn, session, at }))) return true
      const [kept] = (await queries.bound(db, { sign_in: signIn })).rows
      return kept?.session === session
    },
    async ofSignIn(signIn) {
      const { rows } = await queries.ofSignIn(db, { sign_in: signIn })
      return rows.flatMap((row) => evidenceOf(row, row.at, true))
    },
    async ofSession(session) {
      const { rows } = await queries.ofSession(db, { session })
      return rows.flatMap((row) => evidenceOf(row, row.bound_at, false))
    },
    async ofRun(client, run) {
      const those = db.selectFrom('records').selectAll().where('client', '=', client).where('run', '=', run)
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
