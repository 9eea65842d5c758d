import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { getPath } from 'hono/utils/url'
import { type RefusalCode, statusOf } from '#shared/refusal.ts'
import { accountRoutes } from './account/routes.ts'
import { adminRoutes } from './admin/routes.ts'
import { stopFlood } from './attempts/opening-limit.ts'
import { benchRoutes } from './bench/routes.ts'
import type { AppContext } from './context/app-context.ts'
import { siteOf } from './factors/contract/site.ts'
import { passkeyDocuments } from './factors/passkey/documents.ts'
import { dropRest } from './http/bytes.ts'
import { setSecurityHeaders } from './http/headers.ts'
import { isProgram, isRefusalCode, problemResponse } from './http/problem.ts'
import { referenceOf } from './operator/reference.ts'
import { showPage } from './pages/pages.ts'
import type { PeopleFile } from './people/file.ts'
import { interactionsOf } from './provider/interactions.ts'
import { isBeginning, isEngines, providerOf } from './provider/provider.ts'
import { type Sessions, sessionsOf } from './provider/sessions.ts'
import type { Keys } from './secrets/keys.ts'
import { signInRoutes } from './sign-in/routes.ts'
import { readiness } from './store/readiness.ts'
import { retryAfterSeconds, StoreLocked } from './store/store-locked.ts'

/** Parts of the routes that no configuration changes. */
interface Around {
  readonly keys: Keys
  readonly people: PeopleFile
  /** The folder of a demo's test cards; null without them. */
  readonly cards: string | null
  /** Whether new work may be sent here. */
  readonly isOpen: () => boolean
}
type C = Context<{ Bindings: HttpBindings }>
const retryLater = { 'Retry-After': String(retryAfterSeconds) }
export type Listener = (req: IncomingMessage, res: ServerResponse) => void
export interface Routes {
  readonly listener: Listener
  readonly sessions: Sessions
}

/** Composes by hand everything that answers requests under one configuration. */
export function routesOf(app: AppContext, { keys, people, cards, isOpen }: Around): Routes {
  const { config, issuer, pages, log } = app
  const provider = providerOf(app, keys)
  const routes = new Hono<{ Bindings: HttpBindings }>()
  const interactions = interactionsOf(app, provider)
  const sessions = sessionsOf(app, provider)
  routes.use(async (c, proceed) => {
    await proceed()
    await dropRest(c.env.incoming, c.env.outgoing)
  })
  // No answer leaves before what it says is committed.
  routes.use(async (c, proceed) => {
    try {
      await app.store.unit(proceed)
    } catch (error) {
      // Nothing of an answer that is not so: the error's takes the headers of the one before it.
      for (const name of [...c.res.headers.keys()]) c.header(name, undefined)
      throw error
    }
  })
  routes.route('/sign-in', signInRoutes(app, interactions))
  routes.route('/api/account', accountRoutes(app, interactions, sessions))
  if (config.bench) routes.route('/bench', benchRoutes(app, people, cards))
  routes.route('/.well-known', passkeyDocuments(siteOf(app)))
  if (config.admin) routes.route('/api/admin', adminRoutes(app, config.admin.secret, sessions))
  routes.get('/healthz', (c) => c.text('ok'))
  const isReady = readiness(app)
  routes.get('/readyz', async (c) =>
    isOpen() && (await isReady()) ? c.text('ready') : c.text('not ready', 503, retryLater),
  )
  routes.get('/returned', (c) => showPage(app, c, { at: 'returned' }))
  routes.get('/problems/:code', (c) => {
    const code = c.req.param('code')
    return isRefusalCode(code) ? showPage(app, c, { at: 'problem', code, status: statusOf({ code }) }) : c.notFound()
  })
  routes.get('/', (c) => showPage(app, c, { at: 'home', bench: config.bench !== null }))
  routes.get('*', async (c, proceed) => {
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
  const sayNo = (c: C, code: RefusalCode, reference: string | null) =>
    isProgram(c.req.path, c.env.incoming.headers)
      ? problemResponse(app, c, { code, ...(reference ? { reference } : {}) })
      : showPage(app, c, { at: 'error', code, client: null, detail: null, reference }, statusOf({ code }))
  routes.notFound((c) => sayNo(c, 'not-found', null))
  routes.onError((error, c) => {
    if (brokeOff(error, c.env.incoming)) {
      log.debug({ path: c.req.path }, 'a request broke off')
      return c.body(null, 400)
    }
    const [code, reference] =
      error instanceof StoreLocked ? (['busy', null] as const) : (['server-fault', referenceOf(error)] as const)
    if (code === 'busy') log.warn({ path: c.req.path }, 'the store is locked by another process')
    else log.error({ err: error, reference, path: c.req.path }, 'a request failed')
    if (code === 'busy') c.header('Retry-After', String(retryAfterSeconds))
    return sayNo(c, code, reference)
  })

  const ours = getRequestListener(routes.fetch)
  const engines = provider.callback()
  const listener: Listener = (req, res) => {
    setSecurityHeaders(res, app)
    const url = URL.parse(req.url ?? '/', issuer)
    if (!url) return void res.writeHead(400).end()
    const path = url.pathname
    // The path as our own router reads it, which decodes it.
    const routed = getPath({ url: url.href } as Request)
    if (isOpening(routed) && stopFlood(app, routed, req, res)) return
    if (!isEngines(path)) {
      const other = pages.middleware && /^\/(web|shared|node_modules|@)/.test(path) ? pages.middleware : null
      return other ? other(req, res, () => void ours(req, res)) : void ours(req, res)
    }
    return void engines(asAddressedTo(issuer, req), res)
  }
  return { listener, sessions }
}

/**
 * Whether the sender went away in the middle of a request's body: nobody hears an answer, and it is no fault of ours.
 */
const brokeOff = (error: Error, { complete }: IncomingMessage) =>
  !complete && 'code' in error && error.code === 'ECONNRESET'

const isOpening = (path: string) => isBeginning(path) || path.startsWith('/sign-in/')

/**
 * Makes a request say the issuer's host and protocol, whatever it said: the engine builds addresses from them.
 * X-Forwarded-For stays: the origin of a request is read from it.
 */
function asAddressedTo(issuer: URL, req: IncomingMessage): IncomingMessage {
  for (const name of Object.keys(req.headers))
    if (name.startsWith('x-forwarded-') && name !== 'x-forwarded-for') delete req.headers[name]
  req.headers.host = issuer.host
  req.headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1)
  return req
}
