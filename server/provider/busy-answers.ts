import type { Context, Next } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { AppContext } from '../context/app-context.ts'
import { referenceOf } from '../operator/reference.ts'
import { WritesLost } from '../store/group-commit.ts'
import { retryAfterSeconds, StoreLocked } from '../store/store-locked.ts'

/** While the store is locked an answer is 503 and says when to come back (RFC 9110 §15.6.4). */
export function answerBusy(ctx: Context): void {
  ctx.status = 503
  ctx.set('Retry-After', String(retryAfterSeconds))
  // The body of an HTML answer is a page, made before or after this.
  if (ctx.type !== 'text/html') ctx.body = { error: 'temporarily_unavailable', error_description: 'try again' }
}

function answerBroken(ctx: Context): void {
  ctx.status = 500
  if (ctx.type !== 'text/html') ctx.body = { error: 'server_error' }
}

/**
 * Answers 503 where the store was locked as the engine saved its session, and 500 where the request's writes were lost
 * at its end; drops the answer made before that.
 */
export const busyAfterAll =
  (
    { log }: Pick<AppContext, 'log'>,
    page: (ctx: KoaContextWithOIDC, out: { error: string }, error: Error) => unknown,
  ) =>
  async (ctx: Context, proceed: Next) => {
    try {
      await proceed()
    } catch (error) {
      const busy = error instanceof StoreLocked
      if (!busy && !(error instanceof WritesLost)) throw error
      if (!busy) log.error({ err: error, reference: referenceOf(error) }, 'the engine failed')
      for (const name of ['Location', 'Content-Type', 'Set-Cookie']) ctx.remove(name)
      const out = { error: busy ? 'temporarily_unavailable' : 'server_error' }
      if (ctx.accepts('json', 'html') === 'html') await page(ctx as unknown as KoaContextWithOIDC, out, error)
      if (busy) answerBusy(ctx)
      else answerBroken(ctx)
    }
  }
