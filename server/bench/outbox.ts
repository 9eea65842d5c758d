import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { z } from 'zod'
import type { BenchOutbox } from '#shared/wire/bench.ts'
import type { AppContext } from '../context/app-context.ts'
import { chaoses, type Outbox } from '../factors/sms/gateways/outbox.ts'
import { bodyOf } from '../http/body.ts'
import { problemResponse } from '../http/problem.ts'

const changing = z.strictObject({ chaos: z.enum(chaoses) })

/** The phones of the demo: the texts that they got, and faults to try. */
export function outboxRoutes(app: AppContext, outbox: Outbox) {
  const routes = new Hono<{ Bindings: HttpBindings }>()
  routes.get('/', (c) => c.json(shown(outbox)))
  routes.post('/', async (c) => {
    const body = await bodyOf(c.env.incoming, app.issuer.origin)
    const parsed = body.ok ? changing.safeParse(body.fields) : null
    const why = body.ok ? ({ code: 'bad-request' } as const) : body.why
    if (!parsed?.success) return problemResponse(app, c, why)
    outbox.chaos = parsed.data.chaos
    return c.json(shown(outbox))
  })
  return routes
}

const shown = (outbox: Outbox): BenchOutbox => ({
  chaos: outbox.chaos,
  chaoses,
  texts: outbox.texts().map(({ id, at, to, body }) => ({
    id,
    at: at.toISOString(),
    to,
    body,
    code: /#(\d+)$/.exec(body)?.[1] ?? '',
  })),
})
