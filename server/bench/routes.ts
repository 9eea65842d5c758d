import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { BenchClient, BenchPerson } from '#shared/wire/bench.ts'
import { absoluteUrl } from '../context/absolute-url.ts'
import type { AppContext } from '../context/app-context.ts'
import { isForeign } from '../http/body.ts'
import { problemResponse } from '../http/problem.ts'
import { showPage } from '../pages/pages.ts'
import type { PeopleFile } from '../people/file.ts'
import { authenticatorRoutes } from './authenticators.ts'
import { cardRoutes } from './cards.ts'
import { codesOf } from './codes.ts'
import { matrixRoutes } from './matrix.ts'
import { outboxRoutes } from './outbox.ts'
import { runOf } from './run.ts'

const callback = '/bench/callback'

/**
 * The test bench, on the issuer's own Host alone: a relying party in the browser, and the evidence behind its tokens.
 */
export function benchRoutes(app: AppContext, people: PeopleFile, cards: string | null) {
  const routes = new Hono<{ Bindings: HttpBindings }>()
  routes.use(async (c, proceed) => {
    // A name that was made to point here must not read the demo people (DNS rebinding).
    const isHere = c.req.header('host') === app.issuer.host
    if (!c.req.path.startsWith('/bench/api/'))
      return isHere ? proceed() : c.redirect(new URL(c.req.path, app.issuer).href, 303)
    // Another site's page, which could not read them, may not have matrices made of configurations of its own either.
    const code = !isHere ? 'wrong-host' : isForeign(c.env.incoming, app.issuer.origin) ? 'wrong-origin' : null
    return code ? problemResponse(app, c, { code }) : proceed()
  })
  for (const path of ['/', '/callback', '/matrix', '/runs/:run'])
    routes.get(path, (c) => showPage(app, c, { at: 'bench' }))
  routes.get('/api/clients', (c) => c.json(clientsOf(app)))
  routes.get('/api/people', (c) => c.json(peopleOf(people)))
  routes.get('/api/people/:username/codes', async (c) => {
    const codes = await codesOf(app, people, c.req.param('username'))
    return codes ? c.json(codes) : problemResponse(app, c, { code: 'not-found' })
  })
  routes.route('/api/people', authenticatorRoutes(app, people))
  routes.route('/api', matrixRoutes(app, people))
  const { outbox } = app.channels.sms
  if (outbox) routes.route('/api/outbox', outboxRoutes(app, outbox))
  if (cards) routes.route('/', cardRoutes(app, cards, people))
  routes.get('/api/runs/:client/:run', async (c) => {
    const run = await runOf(app, c.req.param('client'), c.req.param('run'), c.req.query())
    return run ? c.json(run) : problemResponse(app, c, { code: 'not-found' })
  })
  return routes
}

/** The clients that the bench can play: those that redirect to it. */
const clientsOf = (app: AppContext): readonly BenchClient[] =>
  [...app.config.clients.values()]
    .filter((client) => client.redirect_uris.some((uri) => absoluteUrl(app, uri) === absoluteUrl(app, callback)))
    .map(({ client_id, client_name, clientRules, dialect, id_token_signed_response_alg }) => ({
      id: client_id,
      name: client_name,
      policy: clientRules.policy.name,
      dialect,
      alg: id_token_signed_response_alg,
    }))

const peopleOf = (people: PeopleFile): readonly BenchPerson[] =>
  people.map(({ username, name, groups, password }) => ({
    username,
    name: name ?? username,
    groups,
    password: password ?? null,
  }))
