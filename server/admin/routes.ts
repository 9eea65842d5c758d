import { createHash, timingSafeEqual } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { AppContext } from '../context/app-context.ts'
import { jsonIn, longestDocumentBytes, readBody } from '../http/bytes.ts'
import { problemResponse } from '../http/problem.ts'
import { OperatorError } from '../operator/operator-error.ts'
import { BadFile, nearest } from '../operator/yaml-file.ts'
import type { Sessions } from '../provider/sessions.ts'
import type { Secret } from '../secrets/secret.ts'
import { openapi } from './openapi.ts'
import type { Operation } from './operation.ts'
import { operations } from './operations.ts'

type C = Context<{ Bindings: HttpBindings }>

/**
 * The API of administrators, for whoever has the token. No browser sends it by itself, so that no other site can ask.
 */
export function adminRoutes(app: AppContext, token: Secret<string>, sessions: Sessions) {
  const routes = new Hono<{ Bindings: HttpBindings }>()
  routes.use(async (c, proceed) => {
    if (isToken(c.req.header('authorization'), token)) return proceed()
    app.log.warn({ path: c.req.path }, 'an administrator’s token was missing or wrong')
    c.header('WWW-Authenticate', 'Bearer')
    return problemResponse(app, c, { code: 'unauthorized' })
  })
  routes.get('/openapi.json', (c) => c.json(openapi(app.issuer)))
  for (const operation of operations)
    routes.post(operation.path, (c) => answer(app, operation, c, (input) => operation.run(app, input, sessions)))
  routes.all('*', (c) => problemResponse(app, c, { code: 'not-found' }))
  return routes
}

const digest = (text: string) => createHash('sha256').update(text).digest()
const isToken = (header: string | undefined, token: Secret<string>) =>
  timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token.reveal()}`))

async function answer(
  app: AppContext,
  { input }: Operation,
  c: C,
  run: (input: never) => Promise<unknown>,
): Promise<Response> {
  const badRequest = (detail: string) => problemResponse(app, c, { code: 'bad-request', detail })
  const bytes = await readBody(c.env.incoming, longestDocumentBytes)
  if (!bytes) return problemResponse(app, c, { code: 'too-large' })
  const parsed = input.safeParse(jsonIn(bytes))
  if (!parsed.success) {
    const faults = parsed.error.issues
      .map(nearest)
      .map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
    return badRequest(faults.join('\n'))
  }
  try {
    return c.json((await run(parsed.data as never)) as object)
  } catch (error) {
    if (error instanceof BadFile || error instanceof OperatorError) return badRequest(error.message)
    throw error
  }
}
