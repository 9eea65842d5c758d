import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { z } from 'zod'
import type { AppContext } from '../context/app-context.ts'
import { bodyOf } from '../http/body.ts'
import { problemResponse } from '../http/problem.ts'
import type { Interactions } from '../provider/interactions.ts'
import type { Sessions } from '../provider/sessions.ts'

const ending = z.strictObject({ session: z.string() })

/** The API of somebody who is signed in, about themselves alone. */
export function accountRoutes(app: AppContext, interactions: Interactions, sessions: Sessions) {
  const routes = new Hono<{ Bindings: HttpBindings }>()
  routes.get('/sessions', async (c) => {
    const here = await interactions.signedIn(c.env)
    if (!here) return problemResponse(app, c, { code: 'unauthorized' })
    const all = await sessions.list(here.account)
    return c.json(all.map((one) => ({ ...one, current: one.id === here.uid })))
  })
  routes.post('/sessions/end', async (c) => {
    const here = await interactions.signedIn(c.env)
    if (!here) return problemResponse(app, c, { code: 'unauthorized' })
    const body = await bodyOf(c.env.incoming, app.issuer.origin)
    if (!body.ok) return problemResponse(app, c, body.why)
    const asked = ending.safeParse(body.fields)
    if (!asked.success) return problemResponse(app, c, { code: 'bad-request' })
    const ended = await sessions.end(here.account, asked.data.session)
    return ended ? c.body(null, 204) : problemResponse(app, c, { code: 'not-found' })
  })
  return routes
}
