import { keysFor } from '../keys.ts'
import { importPeople } from '../people/import.ts'
import { issuerOf, type Options, settingsOf } from '../settings.ts'
import { openStore } from '../store/open.ts'

/** `sallyport people import FILE`: how the first real person gets in. */
export async function peopleImport(file: string, options: Options): Promise<void> {
  const { config, dataFolder, port } = settingsOf(options)
  const keys = await keysFor(config, dataFolder, issuerOf(config, port), new Date())
  const store = await openStore(config, dataFolder, keys.storage)
  try {
    const { added, changed, unchanged } = await importPeople(store, file, new Date())
    process.stdout.write(`${added} added, ${changed} changed, ${unchanged} unchanged.\n`)
  } finally {
    await store.close()
  }
}
