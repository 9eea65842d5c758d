import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { type RefusalCode, statusOf } from '#shared/refusal.ts'
import type { House } from '../context/app-context.ts'
import { bodyOf } from '../http/body.ts'
import type { Clerk } from '../provider/finish.ts'
import type { Sessions } from '../provider/sessions.ts'

type C = Context<{ Bindings: HttpBindings }>
const ending = z.strictObject({ session: z.string() })

/** What somebody who is signed in can see and do about themselves. */
export function accountRoutes(house: House, clerk: Clerk, sessions: Sessions) {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.get('/sessions', async (c) => {
    const here = await clerk.signedIn(c.env)
    if (!here) return problem(c, 'unauthorized')
    const all = await sessions.list(here.account)
    return c.json(all.map((one) => ({ ...one, current: one.id === here.uid })))
  })
  app.post('/sessions/end', async (c) => {
    const here = await clerk.signedIn(c.env)
    if (!here) return problem(c, 'unauthorized')
    const body = await bodyOf(c.env.incoming, house.issuer.origin)
    if (!body.ok) return problem(c, body.why.code)
    const asked = ending.safeParse(body.fields)
    if (!asked.success) return problem(c, 'bad-request')
    return (await sessions.end(here.account, asked.data.session)) ? c.body(null, 204) : problem(c, 'not-found')
  })
  return app
}

/** RFC 9457. */
const problem = (c: C, code: RefusalCode) =>
  c.json({ type: 'about:blank', title: code, status: statusOf({ code }), code }, statusOf({ code }), {
    'Content-Type': 'application/problem+json',
  })
