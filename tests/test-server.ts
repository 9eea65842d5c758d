import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Browser } from 'playwright-core'
import { afterAll } from 'vitest'
import { type Application, createApp } from '#server/app.ts'
import { loadConfig } from '#server/config/load.ts'
import { logTo } from '#server/operator/log.ts'
import { sharedBrowser } from './chromium.ts'
import { pagesWithViews } from './pages.ts'
import { type Clients, demo, people } from './people/people.ts'

/** A Sallyport of a test's own: a port, a data folder and a clock. */
export interface TestServer {
  readonly issuer: string
  /** The origins of three relying parties, whose every page says that it is the client's. */
  readonly clients: Clients
  readonly app: Application
  readonly dataFolder: string
  /** Milliseconds by which our clock is ahead of the machine's. */
  clock: { aheadMs: number }
  /** Takes another configuration up while it runs. */
  reconfigure(configure: (clients: Clients) => string): void
  /** Stops, and opens again on the same data folder; with these people where they are given. */
  restart(people?: string): Promise<void>
  stop(): Promise<void>
}

const pages = pagesWithViews()

async function listen(page?: RequestListener) {
  const server = createServer(page)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, origin: `http://localhost:${(server.address() as AddressInfo).port}` }
}

const clientPage: RequestListener = (_req, res) =>
  void res.setHeader('content-type', 'text/html').end('<!doctype html><title>The client</title><h1>The client</h1>')

/** Where a commit need not wait for a disk; what a power loss leaves is tested apart. */
const inMemory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** Starts one with this configuration (YAML), or with the three clients that most tests need. */
export async function openTestServer(
  configure: (clients: Clients) => string = demo,
  log: Logger = logTo('silent'),
): Promise<TestServer> {
  const dataFolder = mkdtempSync(join(inMemory, 'sallyport-test-'))
  const file = (name: string, text: string) => {
    writeFileSync(join(dataFolder, name), text)
    return join(dataFolder, name)
  }
  file('people.yaml', people)
  const { server, origin: issuer } = await listen()
  const relyingParties = [await listen(clientPage), await listen(clientPage), await listen(clientPage)] as const
  const [harbour, lighthouse, treasury] = relyingParties.map(({ origin }) => origin) as [string, string, string]
  const clients = { harbour, lighthouse, treasury }
  const clock = { aheadMs: 0 }
  let config = loadConfig(file('sallyport.yaml', configure(clients)))
  const open = async () =>
    createApp({
      config,
      issuer: new URL(issuer),
      dataFolder,
      pages: await pages,
      log,
      now: () => new Date(Date.now() + clock.aheadMs),
    })
  let app = await open()
  server.on('request', (req, res) => app.listener(req, res))
  return {
    issuer,
    clients,
    get app() {
      return app
    },
    dataFolder,
    clock,
    reconfigure(configure) {
      config = loadConfig(file('sallyport.yaml', configure(clients)))
      app.applyConfig(config)
    },
    async restart(changed = people) {
      await app.close()
      file('people.yaml', changed)
      app = await open()
    },
    async stop() {
      for (const one of [server, ...relyingParties.map((party) => party.server)]) {
        one.closeAllConnections()
        one.close()
      }
      await app.close()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

/** One for all tests of a file. */
export async function serverForAll(configure?: (clients: Clients) => string, log?: Logger): Promise<TestServer> {
  const server = await openTestServer(configure, log)
  afterAll(() => server.stop())
  return server
}

/** One for all tests of a file, and a browser to look at it with. */
export async function serverAndBrowser(
  configure?: (clients: Clients) => string,
): Promise<{ readonly house: TestServer; readonly browser: Browser }> {
  const [server, browser] = [await serverForAll(configure), await sharedBrowser()]
  return { house: server, browser }
}
