import type { Kysely } from 'kysely'
import { storeSettingsOf } from '../config/store-settings.ts'
import { OperatorError } from '../operator/operator-error.ts'
import { readText } from '../operator/yaml-file.ts'
import { keysFor, newStorageKey, storageKeysIn } from '../secrets/keys.ts'
import { keyIdOf, type StorageKeys, sealWith } from '../secrets/seal.ts'
import { openTables } from '../store/open.ts'
import { keysInUse, reseal } from '../store/reseal.ts'
import type { Tables } from '../store/tables.ts'
import { keyFileOf, replaceKeys } from './key-file.ts'
import { issuerOf, type Options, settingsOf } from './options.ts'

interface StorageOptions extends Options {
  readonly file?: string
}

const say = (text: string) => void process.stdout.write(`${text}\n`)
const written = (keys: readonly Uint8Array[]) => keys.map((key) => Buffer.from(key).toString('base64')).join('\n')

function keyFile({ file, ...options }: StorageOptions) {
  const path = keyFileOf({ ...settingsOf(options), file }, 'storage.key')
  return { path, keys: storageKeysIn(readText(path)) }
}

/**
 * `sallyport keys rotate-storage`: puts a new key before the old ones, in their file. The new key seals from the next
 * start on.
 */
export async function keysRotateStorage(options: StorageOptions): Promise<void> {
  const { path, keys } = keyFile(options)
  const fresh = Buffer.from(newStorageKey(), 'base64')
  replaceKeys(path, written([fresh, ...keys]))
  say(`Restart now to seal with the storage key ${keyIdOf(fresh)}, and run \`sallyport keys reseal\` then.`)
}

/** `sallyport keys reseal`: seals all that is stored with the newest key. */
export async function keysReseal(options: Options): Promise<void> {
  await withTables(options, async (db, keys) => {
    const rows = await reseal(db, sealWith(keys), { Token: sealWith(keys, 'tokens') })
    say(`${rows} rows sealed anew with the storage key ${keyIdOf(keys[0])}.`)
  })
}

/**
 * `sallyport keys drop-storage`: removes all keys but the newest from their file, unless something stored needs an
 * older one.
 */
export async function keysDropStorage(options: StorageOptions): Promise<void> {
  const { path, keys } = keyFile(options)
  const newest = keyIdOf(keys[0])
  if (keys.length === 1) throw new OperatorError(`${path} holds the storage key ${newest} alone.`)
  await withTables(options, async (db, configured) => {
    if (keyIdOf(configured[0]) !== newest)
      throw new OperatorError(`${path} does not hold the storage keys that the configuration names.`)
    const needed = [...(await keysInUse(db, sealWith(configured)))].filter(([id]) => id !== newest)
    const rows = needed.reduce((sum, [, many]) => sum + many, 0)
    const names = needed.map(([id]) => id ?? 'of before seals named theirs').join(', ')
    if (rows > 0)
      throw new OperatorError(
        `${rows} rows need a storage key that is not the newest (${names}). Run \`sallyport keys reseal\`; questions that are open need theirs for an hour.`,
      )
  })
  replaceKeys(path, written(keys.slice(0, 1)))
  say(`${keys.length - 1} dropped. Restart now: whoever signed in under them signs in again.`)
}

async function withTables(options: Options, work: (db: Kysely<Tables>, keys: StorageKeys) => Promise<void>) {
  const { config, dataFolder, port } = settingsOf(options)
  const { storage } = await keysFor(config, dataFolder, issuerOf(config, port), new Date())
  const db = await openTables(storeSettingsOf(config), dataFolder, storage)
  try {
    await work(db, storage.reveal())
  } finally {
    await db.destroy()
  }
}
