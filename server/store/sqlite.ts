import { DatabaseSync } from 'node:sqlite'
import type { Kysely } from 'kysely'
import type { Seal } from '../secrets/seal.ts'
import { attemptsIn } from './attempts.ts'
import { authenticatorsIn } from './authenticators.ts'
import { connectionTo } from './connection.ts'
import type { ScopePlaces } from './consents-by-api.ts'
import { documentsIn } from './documents.ts'
import { kyselyOn, runnerOf } from './kysely-dialect.ts'
import { type Lookup, lookupIn } from './lookup.ts'
import { migrate } from './migrations.ts'
import { peopleIn } from './people.ts'
import { recordsIn } from './records.ts'
import { probe } from './statement.ts'
import type { Store } from './store.ts'
import { sweep } from './sweep.ts'
import type { Tables } from './tables.ts'

/** The store in one SQLite file. Opening migrates it; `places` are the configured scopes, for old consents. */
export const openSqlite = (file: string, seal: Seal, places?: ScopePlaces): Promise<Store> =>
  storeOn(openDatabase(file), seal, places)

const noPlaces: ScopePlaces = { scopes: [], apis: [] }

export async function storeOn(database: DatabaseSync, seal: Seal, places = noPlaces): Promise<Store> {
  const db = connect(database)
  await migrate(db, seal, places)
  return storeOf(db, seal, await lookupIn(db, seal))
}

export const connect = (database: DatabaseSync): Kysely<Tables> => kyselyOn(connectionTo(database))

export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5000, enableForeignKeyConstraints: true, defensive: true })
  // FULL: a spent code must stay spent over a power loss, which WAL with NORMAL does not promise (decision 7).
  database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL')
  // No waiting inside a statement, which would hold up the whole process: store-locked.ts waits instead.
  database.exec('PRAGMA busy_timeout=0')
  return database
}

function storeOf(db: Kysely<Tables>, seal: Seal, lookup: Lookup): Store {
  const { connection } = runnerOf(db)
  const inside: Store = {
    ...tablesOf(kyselyOn(connection, true), seal, lookup),
    // One transaction has the connection: what is within it is part of it.
    unit: (work) => work(),
    committed: () => Promise.reject(new Error('A transaction is not committed before its end.')),
    transaction: (work) => work(inside),
    sweep: () => Promise.reject(new Error('Nothing is swept within a transaction.')),
    ready: async () => void connection.runInside(probe),
    close: () => Promise.reject(new Error('The store is closed by whoever opened it.')),
  }
  return {
    ...tablesOf(db, seal, lookup),
    unit: connection.unit,
    committed: connection.committed,
    transaction: (work, options) => connection.transaction(() => work(inside), options),
    sweep: (before) => sweep(db, before),
    ready: async () => void (await connection.probe()),
    close: connection.close,
  }
}

const tablesOf = (db: Kysely<Tables>, seal: Seal, lookup: Lookup) => ({
  people: peopleIn(db),
  authenticators: authenticatorsIn(db, seal),
  documents: documentsIn(db, seal, lookup),
  records: recordsIn(db),
  attempts: attemptsIn(db),
})
