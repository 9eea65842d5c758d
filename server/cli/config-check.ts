import { randomBytes } from 'node:crypto'
import { checkedConfigIn } from '../config/checked-config.ts'
import { OperatorError } from '../operator/operator-error.ts'
import { importPeople } from '../people/import.ts'
import { configuredKeys } from '../secrets/keys.ts'
import { sealWith } from '../secrets/seal.ts'
import { openSqlite } from '../store/sqlite.ts'
import { issuerOf, type Options, settingsOf } from './options.ts'
import { lineOf, print } from './policy.ts'

/**
 * `sallyport config check`: throws what a start would, every fault with its place; prints what else the linter finds.
 */
export async function configCheck(options: Options): Promise<void> {
  const { config, port, file } = settingsOf(options)
  const issuer = issuerOf(config, port)
  await configuredKeys(config, issuer, new Date())
  const { host } = config.listen
  if (config.card?.listen.port === port && config.card.listen.host === host)
    throw new OperatorError(`The card host cannot listen on ${host}:${port}: that is where Sallyport does (listen).`)
  if (config.bench) await tryPeople(config.bench.people)
  for (const found of checkedConfigIn(file).lint([])) print(lineOf(found))
  const clients = config.clients.size === 1 ? '1 client' : `${config.clients.size} clients`
  print(`${clients} for ${issuer.origin}: ${file} can be used.`)
}

/** Imports the bench's people, as a start would, into a store in memory. */
async function tryPeople(file: string): Promise<void> {
  const store = await openSqlite(':memory:', sealWith([randomBytes(32)]))
  try {
    await importPeople(store, file, () => new Date())
  } finally {
    await store.close()
  }
}
