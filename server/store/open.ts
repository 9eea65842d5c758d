import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import type { Config } from '../config/load.ts'
import { claimsOf } from '../config/scopes.ts'
import { Refused } from '../refused.ts'
import type { Secret } from '../secret.ts'
import type { ScopePlaces } from './consents-by-api.ts'
import { migrate } from './migrations.ts'
import { type StorageKeys, sealWith } from './seal.ts'
import { connect, openDatabase, openSqlite } from './sqlite.ts'
import type { Store } from './store.ts'
import type { Tables } from './tables.ts'

type Place = Pick<Config, 'store' | 'resources' | 'scopes'>

/** The configured store, in the data folder, which only its owner can look into. */
export const openStore = (config: Place, dataFolder: string, storageKeys: Secret<StorageKeys>): Promise<Store> =>
  opened(config, dataFolder, (file) => openSqlite(file, sealWith(storageKeys.reveal()), placesIn(config)))

/** Its tables, for what works on the seals themselves. */
export const openTables = (
  config: Place,
  dataFolder: string,
  storageKeys: Secret<StorageKeys>,
): Promise<Kysely<Tables>> =>
  opened(config, dataFolder, async (file) => {
    const db = connect(openDatabase(file))
    await migrate(db, sealWith(storageKeys.reveal()), placesIn(config))
    return db
  })

function placesIn({ resources, scopes }: Place): ScopePlaces {
  const apis = [...resources].map(([resource, api]) => ({ resource, scopes: api.scopes }))
  return { scopes: Object.keys(claimsOf({ scopes })), apis }
}

async function opened<T>({ store }: Place, dataFolder: string, open: (file: string) => Promise<T>): Promise<T> {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const file = join(dataFolder, store.sqlite)
  try {
    return await open(file)
  } catch (error) {
    throw new Refused(`${file} cannot be used as the store: ${(error as Error).message}.`)
  }
}
