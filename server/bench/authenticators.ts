import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { RefusalCode } from '#shared/refusal.ts'
import { canonical } from '#shared/username.ts'
import type { ListedAuthenticator } from '#shared/wire/enrolment.ts'
import { authenticatorStates, guessedAt } from '../attempts/authenticator-state.ts'
import { unlock } from '../attempts/unlock.ts'
import type { AppContext } from '../context/app-context.ts'
import { answerEnrolment, beginEnrolment, enrolmentBeginning, removeAuthenticator } from '../enrolment/enrolment.ts'
import { bodyOf } from '../http/body.ts'
import { problemResponse } from '../http/problem.ts'
import type { PeopleFile } from '../people/file.ts'
import type { Person } from '../store/store.ts'

type C = Context<{ Bindings: HttpBindings }>
type Fields = Readonly<Record<string, unknown>>

const always = async () => true

/** The authenticators of the demo people: a tester adds to them and removes them, and nobody else's. */
export function authenticatorRoutes(app: AppContext, people: PeopleFile) {
  const routes = new Hono<{ Bindings: HttpBindings }>().basePath('/:username')
  routes.get('/authenticators', (c) => forPerson(c, async (person) => c.json(await authenticatorsOf(app, person))))
  routes.post('/authenticators/:id/remove', (c) =>
    act(c, async (person) => {
      const gone = await removeAuthenticator(app, person, c.req.param('id'))
      return gone ? c.json(await authenticatorsOf(app, person)) : no(c, 'not-found')
    }),
  )
  routes.post('/unlock', (c) =>
    act(c, async (person) => {
      await unlock(app.store, person.id, app.now())
      return c.json(await authenticatorsOf(app, person))
    }),
  )
  routes.post('/enrolments', (c) =>
    act(c, async (person, fields) => {
      const parsed = enrolmentBeginning.safeParse(fields)
      return parsed.success ? c.json(await beginEnrolment(app, person, parsed.data.factor)) : no(c, 'bad-request')
    }),
  )
  routes.post('/enrolments/:id', (c) =>
    act(c, async (person, fields) => {
      const view = await answerEnrolment(app, person, c.req.param('id'), fields, always)
      return view ? c.json(view) : no(c, 'bad-request')
    }),
  )
  return routes

  function no(c: C, code: RefusalCode): Response {
    return problemResponse(app, c, { code })
  }

  async function act(c: C, work: (person: Person, fields: Fields) => Promise<Response>): Promise<Response> {
    const body = await bodyOf(c.env.incoming, app.issuer.origin)
    if (!body.ok) return no(c, body.why.code)
    return body.form ? no(c, 'wrong-type') : forPerson(c, (person) => work(person, body.fields))
  }

  async function forPerson(c: C, work: (person: Person) => Promise<Response>): Promise<Response> {
    const username = c.req.param('username') ?? ''
    const isDemo = people.some((one) => one.username === username)
    const person = isDemo ? await app.store.people.byName(canonical(username) ?? '') : null
    return person ? work(person) : no(c, 'not-found')
  }
}

async function authenticatorsOf(app: AppContext, { id: account }: Person): Promise<readonly ListedAuthenticator[]> {
  const all = await app.store.authenticators.listAll(account)
  const states = new Map((await authenticatorStates(app, account)).map((one) => [one.id, guessedAt(one)]))
  return all
    .map(({ id, factor, label, lastUsedAt }) => ({
      guessedAt: states.get(id) ?? { is: 'open' },
      id,
      factor,
      label,
      lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
    }))
    .toSorted((a, b) => (a.factor + a.label < b.factor + b.label ? -1 : 1))
}
