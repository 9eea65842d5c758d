import { draftOf } from '../config/draft.ts'
import { issuerOf, type Options, settingsOf } from '../settings.ts'
import { lineOf, print } from './policy.ts'

/** `sallyport config check`: throws with every fault and its place; tells what else the linter finds. */
export function configCheck(options: Options): void {
  const { config, port, file } = settingsOf(options)
  const issuer = issuerOf(config, port)
  for (const found of draftOf(file).lint([])) print(lineOf(found))
  print(`${config.clients.size} clients for ${issuer.origin}: ${file} can be used.`)
}
