import type { Context, Next } from 'koa'
import { readBody } from '../http/bytes.ts'

/** The bytes that a browser can still be redirected with: Node takes 16 KiB of headers, and cookies are among them. */
const mostBytes = 8 * 1024

/**
 * A request to sign in or out that is posted (OpenID Connect Core 1.0 §3.1.2.1, RP-Initiated Logout 1.0 §2) is answered
 * 303 to the same request as a GET: so the session's cookie, which is Lax, comes with it, and there is one path through
 * the engine and not two.
 */
export const getForPost = (paths: readonly string[]) => async (ctx: Context, proceed: Next) => {
  if (ctx.method !== 'POST' || !paths.includes(ctx.path)) return proceed()
  const body = ctx.is('urlencoded') ? await readBody(ctx.req, mostBytes) : null
  ctx.status = body === null ? 400 : 303
  if (body === null) ctx.body = 'This request is posted as a form of at most 8 KiB.'
  else ctx.set('Location', `${ctx.path}?${new URLSearchParams(body.toString())}`)
}
