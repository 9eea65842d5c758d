import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { BenchClient, BenchPerson } from '#shared/wire/bench.ts'
import { absolute } from '../context/absolute.ts'
import type { House } from '../context/app-context.ts'
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

/** The test bench: a relying party in the browser, and what it cannot know from its tokens. Only on the issuer's own Host. */
export function benchRoutes(house: House, people: PeopleFile, cards: string | null) {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.use(async (c, proceed) => {
    // A name that was made to point here must not read the demo people (DNS rebinding).
    const isHere = c.req.header('host') === house.issuer.host
    if (!c.req.path.startsWith('/bench/api/'))
      return isHere ? proceed() : c.redirect(new URL(c.req.path, house.issuer).href, 303)
    // Nor may another site's page, which could not read it, have matrices made of drafts of its own.
    const code = !isHere ? 'wrong-host' : isForeign(c.env.incoming, house.issuer.origin) ? 'wrong-origin' : null
    return code ? problemResponse(house, c, { code }) : proceed()
  })
  for (const path of ['/', '/callback', '/matrix', '/runs/:run'])
    app.get(path, (c) => showPage(house, c, { at: 'bench' }))
  app.get('/api/clients', (c) => c.json(clientsOf(house)))
  app.get('/api/people', (c) => c.json(peopleOf(people)))
  app.get('/api/people/:username/codes', async (c) => {
    const codes = await codesOf(house, people, c.req.param('username'))
    return codes ? c.json(codes) : problemResponse(house, c, { code: 'not-found' })
  })
  app.route('/api/people', authenticatorRoutes(house, people))
  app.route('/api', matrixRoutes(house, people))
  const { outbox } = house.post
  if (outbox) app.route('/api/outbox', outboxRoutes(house, outbox))
  if (cards) app.route('/', cardRoutes(house, cards, people))
  app.get('/api/runs/:client/:run', async (c) => {
    const run = await runOf(house, c.req.param('client'), c.req.param('run'), c.req.query())
    return run ? c.json(run) : problemResponse(house, c, { code: 'not-found' })
  })
  return app
}

/** The clients that the bench can play: those that redirect to it. */
const clientsOf = (house: House): readonly BenchClient[] =>
  [...house.config.clients.values()]
    .filter((client) => client.redirect_uris.some((uri) => absolute(house, uri) === absolute(house, callback)))
    .map(({ client_id, client_name, terms, dialect, id_token_signed_response_alg }) => ({
      id: client_id,
      name: client_name,
      policy: terms.policy.name,
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
