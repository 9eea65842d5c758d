import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, createApp } from '#server/app.ts'
import { loadConfig } from '#server/config/load.ts'
import { logTo } from '#server/log.ts'
import { builtPages } from '#server/pages.ts'
import { builtFolder } from '#server/settings.ts'
import { demo, people } from './people/people.ts'

/** A Sallyport of a test's own: a port, a data folder and a clock. */
export interface House {
  readonly issuer: string
  readonly app: App
  readonly dataFolder: string
  /** Milliseconds by which our clock is ahead of the machine's. */
  clock: { aheadMs: number }
  stop(): Promise<void>
}

const pages = builtPages(builtFolder)

/** Starts one with this configuration (YAML), or with the two clients that most tests need. */
export async function openHouse(yaml: string = demo): Promise<House> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  const file = (name: string, text: string) => {
    writeFileSync(join(dataFolder, name), text)
    return join(dataFolder, name)
  }
  file('people.yaml', people)
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`
  const clock = { aheadMs: 0 }
  const app = await createApp({
    config: loadConfig(file('sallyport.yaml', yaml)),
    issuer: new URL(issuer),
    dataFolder,
    pages: await pages,
    log: logTo('silent'),
    now: () => new Date(Date.now() + clock.aheadMs),
  })
  server.on('request', app.listener)
  return {
    issuer,
    app,
    dataFolder,
    clock,
    async stop() {
      server.closeAllConnections()
      server.close()
      await app.close()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}
