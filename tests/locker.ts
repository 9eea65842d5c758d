import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TestServer } from './test-server.ts'

const script = `
const { DatabaseSync } = require('node:sqlite')
const database = new DatabaseSync(process.argv[1], { timeout: 5000 })
database.exec('BEGIN IMMEDIATE')
process.stdout.write('locked')
process.stdin.on('end', () => { database.exec('COMMIT'); database.close() }).resume()
`

/** Another process that holds the write lock of a SQLite file, until it is released. */
export async function lock(file: string): Promise<{ release(): Promise<void> }> {
  const args = ['--disable-warning=ExperimentalWarning', '-e', script, file]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  await once(child.stdout, 'data')
  return {
    async release() {
      child.stdin.end()
      await ended
    },
  }
}

export const storeOf = ({ app, dataFolder }: TestServer): string => join(dataFolder, app.context.config.store.sqlite)
