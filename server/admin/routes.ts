import { createHash, timingSafeEqual } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { House } from '../context/app-context.ts'
import { bytesIn, jsonIn, longestDocumentBytes } from '../http/bytes.ts'
import { problemResponse } from '../http/problem.ts'
import { Refused } from '../operator/operator-error.ts'
import { BadFile, nearest } from '../operator/yaml-file.ts'
import type { Sessions } from '../provider/sessions.ts'
import type { Secret } from '../secrets/secret.ts'
import { openapi } from './openapi.ts'
import type { Operation } from './operation.ts'
import { operations } from './operations.ts'

type C = Context<{ Bindings: HttpBindings }>

/** The policy tools over HTTP, for whoever has the token. A browser sends it nowhere by itself, so that no other site can ask. */
export function adminRoutes(house: House, token: Secret<string>, sessions: Sessions) {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.use(async (c, proceed) => {
    if (isToken(c.req.header('authorization'), token)) return proceed()
    house.log.warn({ path: c.req.path }, 'an administrator’s token was missing or wrong')
    c.header('WWW-Authenticate', 'Bearer')
    return problemResponse(house, c, { code: 'unauthorized' })
  })
  app.get('/openapi.json', (c) => c.json(openapi(house.issuer)))
  for (const operation of operations)
    app.post(operation.path, (c) => answer(house, operation, c, (input) => operation.run(house, input, sessions)))
  app.all('*', (c) => problemResponse(house, c, { code: 'not-found' }))
  return app
}

const digest = (text: string) => createHash('sha256').update(text).digest()
const isToken = (header: string | undefined, token: Secret<string>) =>
  timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token.reveal()}`))

async function answer(
  house: House,
  { input }: Operation,
  c: C,
  run: (input: never) => Promise<unknown>,
): Promise<Response> {
  const badRequest = (detail: string) => problemResponse(house, c, { code: 'bad-request', detail })
  const bytes = await bytesIn(c.env.incoming, longestDocumentBytes)
  if (!bytes) return problemResponse(house, c, { code: 'too-large' })
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
    if (error instanceof BadFile || error instanceof Refused) return badRequest(error.message)
    throw error
  }
}
