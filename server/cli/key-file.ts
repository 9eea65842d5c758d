import { renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Config } from '../config/load.ts'
import { OperatorError } from '../operator/operator-error.ts'

interface Where {
  readonly config: Pick<Config, 'keys'>
  readonly dataFolder: string
  readonly file: string | undefined
}

/** The key file that a command changes: the data folder's; where keys are configured, the one that `--file` names. */
export function keyFileOf({ config, dataFolder, file }: Where, name: string): string {
  if (config.keys && !file) throw new OperatorError('The keys are configured: say where they are with --file.')
  return file ? resolve(file) : join(dataFolder, name)
}

/** Replaces a key file at once, never half of it: a server may start meanwhile. */
export function replaceKeys(file: string, text: string): void {
  writeFileSync(`${file}.new`, `${text}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
