import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/load.ts'
import { Refused } from '../refused.ts'
import type { Secret } from '../secret.ts'
import { sealWith } from './seal.ts'
import { openSqlite } from './sqlite.ts'
import type { Store } from './store.ts'

/** The configured store, in the data folder, which only its owner can look into. */
export async function openStore(
  { store }: Pick<Config, 'store'>,
  dataFolder: string,
  storageKey: Secret<Uint8Array>,
): Promise<Store> {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const file = join(dataFolder, store.sqlite)
  try {
    return await openSqlite(file, sealWith(storageKey.reveal()))
  } catch (error) {
    throw new Refused(`${file} cannot be used as the store: ${(error as Error).message}.`)
  }
}
