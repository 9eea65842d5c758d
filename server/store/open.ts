import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { OperatorError } from '../operator/operator-error.ts'
import { type StorageKeys, sealWith } from '../secrets/seal.ts'
import type { Secret } from '../secrets/secret.ts'
import type { ScopePlaces } from './consents-by-api.ts'
import { migrate } from './migrations.ts'
import { connect, openDatabase, openSqlite } from './sqlite.ts'
import type { Store } from './store.ts'
import type { Tables } from './tables.ts'

/** The store's file, and the scopes that old consents are migrated by. */
export interface StoreSettings {
  /** A file name, in the data folder. */
  readonly sqlite: string
  readonly places: ScopePlaces
}

/** Opens the configured store in the data folder, which only its owner can read. */
export const openStore = (
  settings: StoreSettings,
  dataFolder: string,
  storageKeys: Secret<StorageKeys>,
): Promise<Store> =>
  opened(settings, dataFolder, (file) => openSqlite(file, sealWith(storageKeys.reveal()), settings.places))

/** Opens the store's tables, for commands that work on the seals themselves. */
export const openTables = (
  settings: StoreSettings,
  dataFolder: string,
  storageKeys: Secret<StorageKeys>,
): Promise<Kysely<Tables>> =>
  opened(settings, dataFolder, async (file) => {
    const db = connect(openDatabase(file))
    await migrate(db, sealWith(storageKeys.reveal()), settings.places)
    return db
  })

async function opened<T>(
  { sqlite }: StoreSettings,
  dataFolder: string,
  open: (file: string) => Promise<T>,
): Promise<T> {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const file = join(dataFolder, sqlite)
  try {
    return await open(file)
  } catch (error) {
    throw new OperatorError(`${file} cannot be used as the store: ${(error as Error).message}.`)
  }
}
