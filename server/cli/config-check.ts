import { issuerOf, type Options, settingsOf } from '../settings.ts'

/** `sallyport config check`: throws with every fault and its place. */
export function configCheck(options: Options): void {
  const { config, port, file } = settingsOf(options)
  const issuer = issuerOf(config, port)
  process.stdout.write(`${config.clients.size} clients for ${issuer.origin}: ${file} can be used.\n`)
}
