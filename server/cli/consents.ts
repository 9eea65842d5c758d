import { canonical } from '#shared/username.ts'
import { storeSettingsOf } from '../config/store-settings.ts'
import { OperatorError } from '../operator/operator-error.ts'
import { consentsOf, withdrawConsent } from '../provider/stored-consents.ts'
import { keysFor } from '../secrets/keys.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { issuerOf, type Options, settingsOf } from './options.ts'
import { print } from './policy.ts'

/** `sallyport consents list USERNAME`: one line for each relying party. */
export async function consentsList(username: string, options: Options): Promise<void> {
  await withPerson(username, options, async (store, account) => {
    for (const { client, scopes, apis, until } of await consentsOf({ store, now: () => new Date() }, account)) {
      const places = [scopes.join(' '), ...apis.map((api) => `${api.resource}: ${api.scopes.join(' ')}`)]
      print(`${client}: ${places.join('; ')} (until ${until})`)
    }
  })
}

/** `sallyport consents withdraw USERNAME [CLIENT]`: withdraws the consent for one relying party, or for all. */
export async function consentsWithdraw(username: string, client: string | undefined, options: Options): Promise<void> {
  await withPerson(username, options, async (store, account) => {
    const withdrawn = await withdrawConsent(store, account, client ?? null)
    if (client !== undefined && withdrawn.length === 0)
      throw new OperatorError(`${username} has allowed ${client} nothing.`)
    print(`${withdrawn.length} withdrawn.`)
  })
}

async function withPerson(username: string, options: Options, work: (store: Store, account: string) => Promise<void>) {
  const { config, dataFolder, port } = settingsOf(options)
  const keys = await keysFor(config, dataFolder, issuerOf(config, port), new Date())
  const store = await openStore(storeSettingsOf(config), dataFolder, keys.storage)
  try {
    const person = await store.people.byName(canonical(username) ?? '')
    if (!person) throw new OperatorError(`There is nobody called "${username}".`)
    await work(store, person.id)
  } finally {
    await store.close()
  }
}
