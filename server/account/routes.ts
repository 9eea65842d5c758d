import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { z } from 'zod'
import type { House } from '../context/app-context.ts'
import { bodyOf } from '../http/body.ts'
import { problemResponse } from '../http/problem.ts'
import type { Clerk } from '../provider/finish.ts'
import type { Sessions } from '../provider/sessions.ts'

const ending = z.strictObject({ session: z.string() })

/** What somebody who is signed in can see and do about themselves. */
export function accountRoutes(house: House, clerk: Clerk, sessions: Sessions) {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.get('/sessions', async (c) => {
    const here = await clerk.signedIn(c.env)
    if (!here) return problemResponse(house, c, { code: 'unauthorized' })
    const all = await sessions.list(here.account)
    return c.json(all.map((one) => ({ ...one, current: one.id === here.uid })))
  })
  app.post('/sessions/end', async (c) => {
    const here = await clerk.signedIn(c.env)
    if (!here) return problemResponse(house, c, { code: 'unauthorized' })
    const body = await bodyOf(c.env.incoming, house.issuer.origin)
    if (!body.ok) return problemResponse(house, c, body.why)
    const asked = ending.safeParse(body.fields)
    if (!asked.success) return problemResponse(house, c, { code: 'bad-request' })
    const ended = await sessions.end(here.account, asked.data.session)
    return ended ? c.body(null, 204) : problemResponse(house, c, { code: 'not-found' })
  })
  return app
}
