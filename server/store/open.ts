import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/load.ts'
import { claimsOf } from '../config/scopes.ts'
import { Refused } from '../refused.ts'
import type { Secret } from '../secret.ts'
import { sealWith } from './seal.ts'
import { openSqlite } from './sqlite.ts'
import type { Store } from './store.ts'

/** The configured store, in the data folder, which only its owner can look into. */
export async function openStore(
  { store, resources, scopes }: Pick<Config, 'store' | 'resources' | 'scopes'>,
  dataFolder: string,
  storageKey: Secret<Uint8Array>,
): Promise<Store> {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const file = join(dataFolder, store.sqlite)
  const apis = [...resources].map(([resource, api]) => ({ resource, scopes: api.scopes }))
  const places = { scopes: Object.keys(claimsOf({ scopes })), apis }
  try {
    return await openSqlite(file, sealWith(storageKey.reveal()), places)
  } catch (error) {
    throw new Refused(`${file} cannot be used as the store: ${(error as Error).message}.`)
  }
}
