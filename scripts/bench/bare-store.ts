// The bare engine's store: the least that oidc-provider's adapter asks for, in SQLite.
import '../../server/provider/node-lts.ts'
import { DatabaseSync } from 'node:sqlite'
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'

export interface BarePerson {
  readonly id: string
  readonly username: string
  readonly name: string
  readonly email: string
  readonly argon2: string
}

export function openBare(file: string): DatabaseSync {
  const database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL')
  database.exec(`
    create table if not exists people (
      id text primary key, username text not null unique, name text not null, email text not null, argon2 text not null);
    create table if not exists documents (
      kind text not null, id text not null, value text not null, expires_at integer not null, consumed_at integer,
      uid text, grant_id text, primary key (kind, id));
    create index if not exists documents_uid on documents (kind, uid) where uid is not null;
    create index if not exists documents_grant on documents (kind, grant_id) where grant_id is not null;
    create index if not exists documents_expiry on documents (expires_at);
  `)
  return database
}

/** Fills an empty store with people. */
export function fill(database: DatabaseSync, people: readonly BarePerson[]): void {
  const insert = database.prepare('insert into people (id, username, name, email, argon2) values (?, ?, ?, ?, ?)')
  database.exec('begin immediate')
  for (const { id, username, name, email, argon2 } of people) insert.run(id, username, name, email, argon2)
  database.exec('commit')
}

export function peopleIn(database: DatabaseSync) {
  const named = database.prepare('select id, argon2 from people where username = ?')
  const byId = database.prepare('select id, name, email, username from people where id = ?')
  return {
    named: (name: string) => named.get(name) as Pick<BarePerson, 'id' | 'argon2'> | undefined,
    byId: (id: string) => byId.get(id) as Omit<BarePerson, 'argon2'> | undefined,
  }
}

/**
 * The engine's models, as durable as ours are (decision 7): what spends or removes one is synced, save the removal of an
 * interaction; writing one is not.
 */
export function adapterIn(database: DatabaseSync): (kind: string) => Adapter {
  const upsert = database.prepare(`
    insert into documents (kind, id, value, expires_at, uid, grant_id) values (?, ?, ?, ?, ?, ?)
    on conflict (kind, id) do update set
      value = excluded.value, expires_at = excluded.expires_at, uid = excluded.uid, grant_id = excluded.grant_id`)
  const find = database.prepare('select value, consumed_at from documents where kind = ? and id = ? and expires_at > ?')
  const findByUid = database.prepare('select value from documents where kind = ? and uid = ? and expires_at > ?')
  const consume = database.prepare(
    'update documents set consumed_at = ? where kind = ? and id = ? and consumed_at is null',
  )
  const destroy = database.prepare('delete from documents where kind = ? and id = ?')
  const revoke = database.prepare('delete from documents where kind = ? and grant_id = ?')
  let full = false
  const durable = (wanted: boolean) => {
    if (wanted !== full) database.exec(`PRAGMA synchronous=${wanted ? 'FULL' : 'NORMAL'}`)
    full = wanted
  }
  const seconds = () => Math.floor(Date.now() / 1000)
  return (kind) => ({
    async upsert(id, payload, expiresIn = 0) {
      durable(false)
      const { uid = null, grantId = null } = payload
      upsert.run(kind, id, JSON.stringify(payload), seconds() + expiresIn, uid, grantId)
    },
    async find(id) {
      const row = find.get(kind, id, seconds()) as { value: string; consumed_at: number | null } | undefined
      if (!row) return undefined
      const payload = JSON.parse(row.value) as AdapterPayload
      return row.consumed_at === null ? payload : { ...payload, consumed: row.consumed_at }
    },
    async findByUid(uid) {
      const row = findByUid.get(kind, uid, seconds()) as { value: string } | undefined
      return row && (JSON.parse(row.value) as AdapterPayload)
    },
    findByUserCode: async () => undefined,
    async consume(id) {
      durable(true)
      if (consume.run(seconds(), kind, id).changes !== 1) throw new errors.InvalidGrant('already used')
    },
    async destroy(id) {
      durable(kind !== 'Interaction')
      destroy.run(kind, id)
    },
    async revokeByGrantId(grant) {
      durable(true)
      revoke.run(kind, grant)
    },
  })
}
