import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Config, loadConfig } from '../config/load.ts'
import { OperatorError } from '../operator/operator-error.ts'
import { isLoopback } from '../settings/loopback.ts'

export interface Options {
  readonly config?: string
  readonly data?: string
  readonly port?: string
}

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
export const builtFolder: string = join(root, 'dist')
const demoConfig = join(root, 'examples/demo/sallyport.yaml')

export const configFile = (given: string | undefined): string => given || process.env.SALLYPORT_CONFIG || demoConfig

/** The settings of a command: flags before environment before file before defaults. */
export function settingsOf(options: Options): {
  readonly config: Config
  readonly file: string
  readonly dataFolder: string
  readonly port: number
} {
  const file = resolve(configFile(options.config))
  const config = loadConfig(file)
  const dataFolder = resolve(options.data || process.env.SALLYPORT_DATA || 'data')
  const given = options.port || process.env.PORT
  const port = given ? Number(given) : (config.listen.port ?? portOf(config) ?? usualPort)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new OperatorError(`"${given}" is not a port.`)
  return { config, file, dataFolder, port }
}

const usualPort = 4000

/** The port that an issuer on this machine names, since only we would be there; else null. */
function portOf({ issuer }: Config): number | null {
  const url = issuer === undefined ? null : new URL(issuer)
  return url?.protocol === 'http:' && url.port !== '' && isLoopback(url) ? Number(url.port) : null
}

/**
 * The issuer. Throws {@link OperatorError} where passwords would go in the clear, or the bench be shown to the world.
 */
export function issuerOf(config: Config, port: number): URL {
  const issuer = new URL(config.issuer ?? `http://localhost:${port}`)
  if (config.bench && !isLoopback(new URL(`http://${config.listen.host}`)))
    throw new OperatorError(`${config.listen.host} is not on loopback: the bench, which shows passwords, must be off.`)
  if (isLoopback(issuer)) return issuer
  if (issuer.protocol !== 'https:')
    throw new OperatorError(`${issuer.origin} is not on loopback: the issuer must be https.`)
  if (config.bench)
    throw new OperatorError(`${issuer.origin} is not on loopback: the bench, which shows passwords, must be off.`)
  return issuer
}
