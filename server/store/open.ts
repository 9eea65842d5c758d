import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/load.ts'
import type { Keys } from '../keys.ts'
import { sealWith } from './seal.ts'
import { openSqlite } from './sqlite.ts'
import type { Store } from './store.ts'

/** The configured store, in the data folder, which only its owner can look into. */
export function openStore(
  { store }: Pick<Config, 'store'>,
  dataFolder: string,
  keys: Pick<Keys, 'storage'>,
): Promise<Store> {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  return openSqlite(join(dataFolder, store.sqlite), sealWith(keys.storage.reveal()))
}
