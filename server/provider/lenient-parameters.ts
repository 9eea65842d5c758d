import { IncomingMessage } from 'node:http'
import type { Context, Next } from 'koa'
import { readBody, utf8In } from '../http/bytes.ts'
import { deepestClaims, hasUniqueMembers } from '../http/duplicate-members.ts'

interface Paths {
  readonly authorization: string
  readonly pushed: string
}

/** The engine's own limit of a body. */
const mostBytes = 56 * 1024

/**
 * Mends authorization requests that relying parties write and the engine refuses. Words are separated by any number of
 * spaces, also at the ends (RFC 6749 §3.3 has one between each two). A `claims` parameter that asks for nothing we know
 * is ignored (OpenID Connect Core 1.0 §5.5).
 */
export const lenient = ({ authorization, pushed }: Paths) => {
  return async (ctx: Context, proceed: Next) => {
    if (ctx.method === 'GET' && ctx.path === authorization) {
      const given = new URLSearchParams(ctx.querystring)
      const mended = mendedOf(given)
      if (String(mended) !== String(given)) ctx.querystring = String(mended)
    }
    if (ctx.method === 'POST' && ctx.path === pushed && ctx.is('urlencoded')) {
      const bytes = await readBody(ctx.req, mostBytes)
      const form = bytes && utf8In(bytes)
      if (form === null) return refuse(ctx)
      withBody(ctx, String(mendedOf(new URLSearchParams(form))))
    }
    return proceed()
  }
}

/** The error response of RFC 9126 §2.3 and RFC 6749 §5.2. */
function refuse(ctx: Context) {
  ctx.status = 400
  ctx.body = { error: 'invalid_request', error_description: 'a request is pushed as a form of at most 56 KiB in UTF-8' }
}

/** Gives the engine a request with another body: it reads bodies from the request itself, which has been read. */
function withBody(ctx: Context, body: string) {
  const { method, url, headers, socket } = ctx.req
  const bytes = Buffer.from(body)
  const { 'transfer-encoding': _, ...others } = headers
  const request = Object.assign(new IncomingMessage(socket), { method, url, complete: true })
  request.headers = { ...others, 'content-length': String(bytes.length) }
  request.push(bytes)
  request.push(null)
  for (const one of [ctx, ctx.request, ctx.response]) one.req = request
}

function mendedOf(given: URLSearchParams): URLSearchParams {
  const mended = new URLSearchParams(given)
  // A repeated parameter is the engine's to refuse.
  const only = (name: string) => (given.getAll(name).length === 1 ? given.get(name) : null)
  for (const name of ['scope', 'prompt', 'response_type']) {
    const words = only(name)?.split(' ').filter(Boolean)
    if (words) mended.set(name, words.join(' '))
  }
  const claims = only('claims')
  if (claims !== null && asksForNothing(claims)) mended.delete('claims')
  return mended
}

function asksForNothing(claims: string): boolean {
  try {
    const asked: unknown = JSON.parse(claims)
    const isObject = typeof asked === 'object' && asked !== null && !Array.isArray(asked)
    if (!isObject || !hasUniqueMembers(claims, deepestClaims)) return false
    return !Object.hasOwn(asked, 'id_token') && !Object.hasOwn(asked, 'userinfo')
  } catch {
    return false
  }
}
