import { canonical } from '#shared/username.ts'
import { authenticatorStates } from '../attempts/authenticator-state.ts'
import type { Config } from '../config/load.ts'
import { storeSettingsOf } from '../config/store-settings.ts'
import { importPeople } from '../people/import.ts'
import { keysFor } from '../secrets/keys.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { issuerOf, type Options, settingsOf } from './options.ts'
import { describeState } from './people-account.ts'

/** Tells of authenticators that stay locked: importing the same secret unlocks nothing. Names the command that does. */
async function sayLocked(store: Store, config: Config, username: string): Promise<void> {
  const person = await store.people.byName(canonical(username) ?? '')
  const states = person ? await authenticatorStates({ store, config, now: () => new Date() }, person.id) : []
  const locked = states.filter(
    ({ shut, strangersWaitUntil }) => shut.strangers || shut.afterProof || strangersWaitUntil,
  )
  for (const one of locked)
    process.stdout.write(`${username}: ${describeState(one)}. "sallyport people unlock ${username}" opens it.\n`)
}

/** `sallyport people import FILE`: imports a people file, by which the first real person gets in. */
export async function peopleImport(file: string, options: Options): Promise<void> {
  const { config, dataFolder, port } = settingsOf(options)
  const keys = await keysFor(config, dataFolder, issuerOf(config, port), new Date())
  const store = await openStore(storeSettingsOf(config), dataFolder, keys.storage)
  try {
    const { added, changed, unchanged, people } = await importPeople(store, file, () => new Date(), config.passwords)
    process.stdout.write(`${added} added, ${changed} changed, ${unchanged} unchanged.\n`)
    for (const { username } of people) await sayLocked(store, config, username)
  } finally {
    await store.close()
  }
}
