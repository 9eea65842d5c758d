import { type FSWatcher, watch } from 'node:fs'
import { dirname } from 'node:path'
import type { Logger } from 'pino'
import type { Application } from './app.ts'
import { refuseFixed } from './config/fixed-settings.ts'
import { loadConfig } from './config/load.ts'
import { BadFile, readText } from './operator/yaml-file.ts'

interface Parts {
  readonly app: Pick<Application, 'context' | 'applyConfig'>
  readonly file: string
  readonly log: Logger
  /** Tells the person at the terminal. */
  readonly say: (text: string) => void
}

/** Puts the configuration in force as its file has it, whole; or leaves the one in force, and says why. */
export function reload({ app, file, log, say }: Parts): void {
  try {
    const changed = loadConfig(file)
    refuseFixed(app.context.config, changed)
    app.applyConfig(changed)
    const policies = Object.fromEntries([...changed.clients].map(([id, { policyHash }]) => [id, policyHash]))
    log.info({ policies }, 'a configuration was taken up')
    say(`${file} was taken up.`)
  } catch (error) {
    const why = error instanceof BadFile ? error.message : null
    log.error(why === null ? { err: error } : { why: why.split('\n') }, 'the configuration in force was kept')
    say(`${file} was not taken up: the configuration in force stays.\n${why ?? 'The log says why.'}`)
  }
}

/** An editor writes more than once. */
const settleMs = 250

/**
 * Calls `changed` when the text of a file has changed. Its folder is watched: editors and orchestrators put another
 * file in its place. Where nothing can be watched, SIGHUP is left.
 */
export function watchFile(file: string, log: Logger, changed: () => void): Pick<FSWatcher, 'close'> {
  let before = textOf(file)
  let settling: NodeJS.Timeout | null = null
  const look = () => {
    settling = null
    const text = textOf(file)
    if (text === null || text === before) return
    before = text
    changed()
  }
  try {
    const watcher = watch(dirname(file), { persistent: false }, () => {
      if (!settling) settling = setTimeout(look, settleMs)
    })
    return watcher.on('error', (err) => log.warn({ err }, 'the configuration is not watched any more'))
  } catch (err) {
    log.warn({ err }, 'the configuration is not watched')
    return { close: () => {} }
  }
}

function textOf(file: string): string | null {
  try {
    return readText(file)
  } catch {
    return null
  }
}
