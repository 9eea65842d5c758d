import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { Logger } from 'pino'
import type { View } from '#shared/view.ts'
import { accountRoutes } from './account/routes.ts'
import { adminRoutes } from './admin/routes.ts'
import { benchRoutes } from './bench/routes.ts'
import type { Config } from './config/load.ts'
import { passkeyDocuments } from './factors/passkey/documents.ts'
import { siteOf } from './factors/site.ts'
import { cardsFolder } from './factors/smartcard/demo/cards.ts'
import { demoCards } from './factors/smartcard/demo/demo.ts'
import { openCardHost } from './factors/smartcard/host.ts'
import { openPostOffice } from './factors/sms/post-office.ts'
import { addressReader } from './guard/address.ts'
import { secure } from './guard/headers.ts'
import type { House } from './house.ts'
import { keysFor } from './keys.ts'
import { type Pages, showPage } from './pages.ts'
import { importPeople } from './people/import.ts'
import { clerkOf } from './provider/finish.ts'
import { isEngines, providerOf } from './provider/provider.ts'
import { sessionsOf } from './provider/sessions.ts'
import { referenceOf } from './reference.ts'
import { signInRoutes } from './sign-in/routes.ts'
import { openStore } from './store/open.ts'
import { sealWith } from './store/seal.ts'

export interface App {
  readonly listener: (req: IncomingMessage, res: ServerResponse) => void
  readonly house: House
  /** From now on /readyz says no, so that no new work is sent here. */
  drain(): void
  close(): Promise<void>
}

interface Parts {
  readonly config: Config
  readonly issuer: URL
  readonly dataFolder: string
  readonly pages: Pages
  readonly log: Logger
  readonly now: () => Date
}

const sweepEveryMs = 60_000

/** Composes everything by hand; the only file that knows everyone. */
export async function createApp({ config, issuer, dataFolder, pages, log, now }: Parts): Promise<App> {
  const keys = await keysFor(config, dataFolder, issuer, now())
  const store = await openStore(config, dataFolder, keys.storage)
  const drafts = sealWith(keys.storage.reveal(), 'drafts')
  const tickets = sealWith(keys.storage.reveal(), 'tickets')
  const post = openPostOffice({ texting: config.sms, store, log, now })
  const addressOf = addressReader(config.proxies)
  const people = config.bench ? (await importPeople(store, config.bench.people, now())).people : []
  const tests = config.bench?.cards ? await demoCards({ store, dataFolder, issuer, people, now: now() }) : null
  const card = config.card ?? tests
  const cards = card && (await openCardHost(card))
  const sideDoors = cards ? { smartcard: cards.address } : {}
  const house: House = { config, issuer, store, drafts, tickets, sideDoors, post, pages, log, now, addressOf }
  cards?.serve(house)
  const provider = providerOf(house, keys)
  let draining = false

  const app = new Hono<{ Bindings: HttpBindings }>()
  const clerk = clerkOf(house, provider)
  const sessions = sessionsOf(house, provider)
  app.route('/sign-in', signInRoutes(house, clerk))
  app.route('/api/account', accountRoutes(house, clerk, sessions))
  if (config.bench) app.route('/bench', benchRoutes(house, people, tests && cardsFolder(dataFolder)))
  app.route('/.well-known', passkeyDocuments(siteOf(house)))
  if (config.admin) app.route('/api/admin', adminRoutes(house, config.admin.secret, sessions))
  app.get('/healthz', (c) => c.text('ok'))
  app.get('/readyz', async (c) => {
    const ready =
      !draining &&
      (await store.ready().then(
        () => true,
        () => false,
      ))
    return ready ? c.text('ready') : c.text('not ready', 503)
  })
  app.get('/returned', (c) => showPage(pages, c, { at: 'returned' }))
  app.get('/', (c) => showPage(pages, c, { at: 'home', bench: config.bench !== null }))
  app.get('*', async (c, proceed) => {
    const asset = pages.file(c.req.path)
    if (!asset) return proceed()
    const brotli = asset.brotli && /\bbr\b/.test(c.req.header('accept-encoding') ?? '') ? asset.brotli : null
    return c.body(brotli ?? asset.body, 200, {
      'Content-Type': asset.type,
      'Cache-Control': asset.immutable ? 'public, max-age=31536000, immutable' : 'public, max-age=3600',
      Vary: 'Accept-Encoding',
      ...(brotli ? { 'Content-Encoding': 'br' } : {}),
    })
  })
  const problem = (code: 'not-found' | 'server-fault', reference: string | null): View => ({
    at: 'error',
    code,
    client: null,
    detail: null,
    reference,
  })
  app.notFound((c) => showPage(pages, c, problem('not-found', null), 404))
  app.onError((error, c) => {
    const reference = referenceOf(error)
    log.error({ err: error, reference, path: c.req.path }, 'a request failed')
    if (c.req.header('content-type')?.startsWith('application/json'))
      return c.json({ type: 'about:blank', status: 500, title: 'server-fault', code: 'server-fault', reference }, 500)
    return showPage(pages, c, problem('server-fault', reference), 500)
  })

  const ours = getRequestListener(app.fetch)
  const engines = provider.callback()
  const sweeper = setInterval(
    () =>
      void store.sweep(now().getTime() - sweepEveryMs).catch((err: unknown) => log.error({ err }, 'the sweep failed')),
    sweepEveryMs,
  )
  sweeper.unref()

  return {
    house,
    listener(req, res) {
      secure(res, house)
      const path = URL.parse(req.url ?? '/', issuer)?.pathname
      if (path === undefined) return void res.writeHead(400).end()
      if (!isEngines(path)) {
        const other = pages.middleware && /^\/(web|shared|node_modules|@)/.test(path) ? pages.middleware : null
        return other ? other(req, res, () => void ours(req, res)) : void ours(req, res)
      }
      return void engines(asAddressedTo(issuer, req), res)
    },
    drain() {
      draining = true
    },
    async close() {
      clearInterval(sweeper)
      await cards?.close()
      await post.close()
      await store.close()
    },
  }
}

/** The engine builds addresses from Host; here it is always the issuer's, whatever the request said. The door asks who sent it. */
function asAddressedTo(issuer: URL, req: IncomingMessage): IncomingMessage {
  for (const name of Object.keys(req.headers))
    if (name.startsWith('x-forwarded-') && name !== 'x-forwarded-for') delete req.headers[name]
  req.headers.host = issuer.host
  req.headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1)
  return req
}
