import type { Context, Next } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { retryAfterSeconds, StoreLocked } from '../store/store-locked.ts'

/** While the store is locked an answer is 503 and says when to come back (RFC 9110 §15.6.4). */
export function answerBusy(ctx: Context): void {
  ctx.status = 503
  ctx.set('Retry-After', String(retryAfterSeconds))
  // The body of an HTML answer is a page, made before or after this.
  if (ctx.type !== 'text/html') ctx.body = { error: 'temporarily_unavailable', error_description: 'try again' }
}

/** Answers 503 where the store was locked as the engine saved its session, and drops the answer made before that. */
export const busyAfterAll =
  (page: (ctx: KoaContextWithOIDC, out: { error: string }, error: Error) => unknown) =>
  async (ctx: Context, proceed: Next) => {
    try {
      await proceed()
    } catch (error) {
      if (!(error instanceof StoreLocked)) throw error
      ctx.remove('Location')
      ctx.remove('Content-Type')
      if (ctx.accepts('json', 'html') === 'html')
        await page(ctx as unknown as KoaContextWithOIDC, { error: 'temporarily_unavailable' }, error)
      answerBusy(ctx)
    }
  }
