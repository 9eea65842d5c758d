import { OperatorError } from '../operator/operator-error.ts'
import { readText } from '../operator/yaml-file.ts'
import { jwksIn } from '../secrets/keys.ts'
import { rotated } from '../secrets/signing.ts'
import { duration } from '../settings/duration.ts'
import { keyFileOf, replaceKeys } from './key-file.ts'
import { type Options, settingsOf } from './options.ts'

interface RotateOptions extends Options {
  readonly file?: string
  readonly ahead: string
}

const ahead = duration('0s', '90d')

/** `sallyport keys rotate`: puts new keys beside the old ones, in their file, which a server reads at its start. */
export async function keysRotate(options: RotateOptions): Promise<void> {
  const { config, dataFolder } = settingsOf(options)
  const span = ahead.safeParse(options.ahead)
  if (!span.success) throw new OperatorError(`--ahead: ${span.error.issues[0]?.message}`)
  const file = keyFileOf({ config, dataFolder, file: options.file }, 'signing.jwks.json')
  const nowSeconds = Math.floor(Date.now() / 1000)
  const tokenSeconds = config.sessions.longest / 1000
  const keys = await rotated(jwksIn(readText(file)).keys, nowSeconds, span.data / 1000, tokenSeconds)
  replaceKeys(file, JSON.stringify({ keys }))
  const from = new Date((nowSeconds + span.data / 1000) * 1000).toISOString()
  process.stdout.write(`Restart now to publish the new keys, and at ${from} or later to sign with them.\n`)
}
