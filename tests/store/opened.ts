import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { sealWith } from '#server/secrets/seal.ts'
import { openDatabase, storeOn } from '#server/store/sqlite.ts'
import type { Store } from '#server/store/store.ts'

export const seal = sealWith([new Uint8Array(32).fill(7)])
export const later = 4_000_000_000_000

export interface Opened {
  readonly store: Store
  readonly database: DatabaseSync
  readonly file: string
  readonly done: () => Promise<void>
}

/** An empty store in a folder of its own, and its connection. */
export const opened = (): Promise<Opened> =>
  openedAt(join(mkdtempSync(join(tmpdir(), 'sallyport-store-')), 'test.sqlite'))

/** The store in this file, whose folder goes at the end. */
export async function openedAt(file: string): Promise<Opened> {
  const database = openDatabase(file)
  const store = await storeOn(database, seal)
  const done = async () => {
    await store.close()
    rmSync(dirname(file), { recursive: true })
  }
  return { store, database, file, done }
}

/** Leaves a database no room for new pages; gives it back at `release`. */
export function fill(database: DatabaseSync): { release(): void } {
  const pages = Number(database.prepare('PRAGMA page_count').get()?.page_count)
  database.exec(`PRAGMA max_page_count=${pages}`)
  return { release: () => database.exec('PRAGMA max_page_count=1000000') }
}
