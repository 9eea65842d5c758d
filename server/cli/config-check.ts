import { draftOf } from '../config/draft.ts'
import { configuredKeys } from '../keys.ts'
import { readPeople } from '../people/import.ts'
import { issuerOf, type Options, settingsOf } from '../settings.ts'
import { lineOf, print } from './policy.ts'

/** `sallyport config check`: throws what a start would, every fault with its place; tells what else the linter finds. */
export async function configCheck(options: Options): Promise<void> {
  const { config, port, file } = settingsOf(options)
  const issuer = issuerOf(config, port)
  await configuredKeys(config, issuer, new Date())
  if (config.bench) readPeople(config.bench.people)
  for (const found of draftOf(file).lint([])) print(lineOf(found))
  const clients = config.clients.size === 1 ? '1 client' : `${config.clients.size} clients`
  print(`${clients} for ${issuer.origin}: ${file} can be used.`)
}
