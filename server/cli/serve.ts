import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApp } from '../app.ts'
import { logTo } from '../operator/log.ts'
import { OperatorError } from '../operator/operator-error.ts'
import { builtPages } from '../pages/pages.ts'
import { reload, watchFile } from '../reload.ts'
import { builtFolder, issuerOf, type Options, settingsOf } from './options.ts'

const lingerMs = 1000
const drainMs = 20_000

/** `sallyport serve`: serves until SIGTERM or SIGINT, then finishes what is under way and exits 0. */
export async function serve(options: Options & { readonly dev?: boolean }): Promise<void> {
  const { config, file, dataFolder, port } = settingsOf(options)
  const log = logTo(config.log.level)
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000 })
  const listening = await listen(server, port, config.listen.host)
  const issuer = issuerOf(config, listening)
  const pages = options.dev
    ? import('./dev-pages.ts').then(({ devPages }) => devPages(server))
    : builtPages(builtFolder)
  const making = pages.then((ready) =>
    createApp({ config, issuer, dataFolder, pages: ready, log, now: () => new Date() }),
  )
  server.on(
    'request',
    (req, res) =>
      void making.then(
        ({ listener }) => listener(req, res),
        () => res.destroy(),
      ),
  )
  const app = await making

  const again = () => reload({ app, file, log, say: (text) => console.error(text) })
  const watching = watchFile(file, log, again)
  process.on('SIGHUP', again)

  let stopping = false
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return
    stopping = true
    watching.close()
    app.drain()
    // A load balancer has to see that we are not ready before it is refused.
    if (signal === 'SIGTERM') await new Promise((resolve) => setTimeout(resolve, lingerMs))
    await drained(server)
    await app.close()
    log.info('stopped')
    process.exit(0)
  }
  process.on('SIGTERM', stop).on('SIGINT', stop)
  // The greeting comes once signals are heard: whoever reads it may send one at once.
  greet(issuer, config.bench !== null, { host: config.listen.host, port: listening })
  log.info({ issuer: issuer.origin, port: listening }, 'serving')
}

/** Listens, and gives the port. Throws {@link OperatorError} where it cannot. */
async function listen(server: Server, port: number, host: string): Promise<number> {
  try {
    await once(server.listen(port, host), 'listening')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new OperatorError(
      code === 'EADDRINUSE'
        ? `Port ${port} is taken: name another with --port.`
        : `${host}:${port} cannot be listened on (${code}).`,
    )
  }
  return (server.address() as AddressInfo).port
}

/** Greets the person at the terminal; the log is for machines. */
function greet(issuer: URL, bench: boolean, { host, port }: { readonly host: string; readonly port: number }) {
  const lines = bench
    ? [
        `Sallyport is ready.`,
        `  Try it:     ${issuer.origin}/bench`,
        `  Discovery:  ${issuer.origin}/.well-known/openid-configuration`,
      ]
    : [`Sallyport is ready at ${issuer.origin}`]
  // A browser that goes to the issuer comes to another port only where something passes it on.
  const elsewhere = String(port) === issuer.port ? [] : [`It listens on ${host}:${port}.`]
  console.error(`\n${[...lines, ...elsewhere].join('\n')}\n`)
}

/** Takes no new connections, lets requests finish, and cuts what is left after twenty seconds. */
async function drained(server: Server) {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const cut = setTimeout(() => server.closeAllConnections(), drainMs)
  await closed
  clearTimeout(cut)
}
