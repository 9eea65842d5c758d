import { AsyncLocalStorage } from 'node:async_hooks'
import type { Context, Next } from 'koa'
import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { countSecret } from '../attempts/client-secret.ts'
import type { AppContext } from '../context/app-context.ts'

/** The outcome for the client secret of the request at hand. */
interface Request {
  readonly address: string | null
  readonly method: () => 'client_secret_basic' | 'client_secret_post'
  /** The secret of a known client was compared, and has been counted. */
  counted: boolean
  /** Until when secrets of the client are not looked at (epoch milliseconds); null when they are. */
  until: number | null
}

/**
 * Slows down guessing of client secrets, and holds a client to the method that its registration sets (RFC 7591 §2). The
 * engine compares the secrets of clients that it knows; a guess at another client id waits just as long.
 */
export function slowSecrets(app: AppContext, provider: Provider, endpoints: readonly string[]) {
  const requests = new AsyncLocalStorage<Request>()
  const count = (client: string, address: string | null, right: boolean) => {
    if (!right)
      app.log.warn(
        { client: app.config.clients.has(client) ? client : null, where: address },
        'a client secret was wrong',
      )
    return countSecret(app.store, app.config.attempts, { client, address, right }, app.now().getTime())
  }
  const { prototype } = provider.Client
  const { compareClientSecret } = prototype
  prototype.compareClientSecret = async function (given) {
    const request = requests.getStore()
    if (!request) throw new Error('A client secret is compared at an endpoint that takes none.')
    const set = app.config.clients.get(this.clientId)?.token_endpoint_auth_method
    const isMethod = set === undefined || set === request.method()
    const right = (await compareClientSecret.call(this, given)) && isMethod
    request.counted = true
    request.until = await count(this.clientId, request.address, right)
    return right && request.until === null
  }

  return async (ctx: Context, proceed: Next): Promise<void> => {
    if (ctx.method !== 'POST' || !endpoints.includes(ctx.path)) return proceed()
    const method = () => (paramsOf(ctx).client_secret ? 'client_secret_post' : 'client_secret_basic')
    const request: Request = { address: app.addressOf(ctx.req), method, counted: false, until: null }
    await requests.run(request, proceed)
    const client = ctx.status === 401 && !request.counted ? namedIn(ctx) : null
    if (client !== null) request.until = await count(client, request.address, false)
    if (request.until !== null) tellToWait(ctx, request.until - app.now().getTime())
  }
}

const paramsOf = (ctx: Context): Readonly<Record<string, unknown>> =>
  (ctx as Partial<KoaContextWithOIDC>).oidc?.params ?? {}

/** The client whose secret a request presents; null where it presents none. */
function namedIn(ctx: Context): string | null {
  const [, basic] = /^basic (\S+)$/i.exec(ctx.get('authorization')) ?? []
  const { client_id: client, client_secret: secret } = paramsOf(ctx)
  if (basic) return unescaped(Buffer.from(basic, 'base64').toString('utf8').split(':')[0] ?? '')
  return secret && typeof client === 'string' ? client : null
}

/** The client id as the engine reads it (RFC 6749 §2.3.1): one client has one count, however its id is spelt. */
function unescaped(id: string): string {
  try {
    return decodeURIComponent(id.replaceAll('+', '%20'))
  } catch {
    return id
  }
}

/** The answer of RFC 6585 §4, the same for a right secret, a wrong one, and one of an unknown client. */
function tellToWait(ctx: Context, ms: number) {
  ctx.status = 429
  ctx.remove('WWW-Authenticate')
  ctx.set('Retry-After', String(Math.max(1, Math.ceil(ms / 1000))))
  ctx.body = { error: 'temporarily_unavailable', error_description: 'too many wrong client secrets: wait' }
}
