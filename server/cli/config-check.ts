import { resolve } from 'node:path'
import { issuerOf, type Options, settingsOf } from '../settings.ts'

/** `sallyport config check`: throws with every fault and its place. */
export function configCheck(options: Options): void {
  const { config, port } = settingsOf(options)
  const issuer = issuerOf(config, port)
  process.stdout.write(
    `${config.clients.size} clients for ${issuer.origin}: ${resolve(options.config ?? '')} can be used.\n`,
  )
}
