import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { Refusal } from '#shared/refusal.ts'
import type { View } from '#shared/wire/view.ts'
import type { AppContext } from '../context/app-context.ts'
import { bodyOf } from '../http/body.ts'
import { showPage } from '../pages/pages.ts'
import type { Interaction, Interactions } from '../provider/interactions.ts'
import { type ActionOutcome, agree, cancel, extend, restart } from './actions.ts'
import { confirmationOf } from './confirmation.ts'
import { decideNext } from './decide-next.ts'
import { signedInElsewhere } from './elsewhere.ts'
import { finishSignIn, leaveSignIn } from './ends.ts'
import { enrol, openQuestion } from './enrol.ts'
import { streamEvents } from './events.ts'
import { type C, endSignIn, findSignIn } from './find-sign-in.ts'
import { identify } from './identify.ts'
import { openChallenge, openNextChallenge } from './open-challenge.ts'
import { withLocks } from './options.ts'
import { nestedAnswer, problemReply, reply, statusOfPage } from './reply.ts'
import type { StoredSignIn } from './state.ts'
import { verifyAnswer } from './verify-answer.ts'
import { leaving, returning, viewOf } from './view.ts'

type Fields = Readonly<Record<string, unknown>>
type Action = (
  app: AppContext,
  interaction: Interaction,
  stored: StoredSignIn,
  fields: Fields,
) => Promise<ActionOutcome>
type After = (c: C, interaction: Interaction, stored: StoredSignIn, why: Refusal | null) => Promise<View>

/** The pages and actions of a sign-in: every reply is a View, as JSON for the page's script or as a page. */
export function signInRoutes(app: AppContext, interactions: Interactions) {
  const routes = new Hono<{ Bindings: HttpBindings }>().basePath('/:uid{[\\w-]+}')
  routes.get('/', async (c) => {
    const view = returning(app, await currentView(c, null), c.req.query('returned'))
    return showPage(app, c, view, statusOfPage(view))
  })
  routes.get('/view', async (c) => {
    const view = await currentView(c, null)
    return c.json(view, statusOfPage(view))
  })
  routes.get('/events', async (c) => {
    // Nobody reads the body of an answer to HEAD (RFC 9110 §9.3.2), and a stream would wait for its reader.
    if (c.req.method === 'HEAD') return c.body(null, 204)
    const found = await findSignIn(app, interactions, c)
    return 'at' in found ? c.body(null, 204) : streamEvents(app, c, found.interaction, found.stored)
  })
  routes.get('/:action', (c) => c.redirect(`/sign-in/${c.req.param('uid')}`, 303))
  routes.post('/identify', (c) =>
    act(c, (...of) =>
      identify(...of, (interaction, named) => signedInElsewhere(app, interactions, c, interaction, named)),
    ),
  )
  routes.post('/challenge', (c) => act(c, openChallenge))
  routes.post('/answer', (c) => act(c, verifyAnswer))
  routes.post('/enrol', (c) => act(c, enrol))
  routes.post('/agree', (c) => act(c, agree))
  routes.post('/restart', (c) => act(c, restart, beginAgain))
  routes.post('/extend', (c) => act(c, extend))
  routes.post('/cancel', (c) =>
    act(c, cancel, (c, interaction, stored) => leaveSignIn(app, interactions, c, interaction, stored)),
  )
  return routes

  async function act(c: C, action: Action, then: After = show): Promise<Response> {
    const body = await bodyOf(c.env.incoming, app.issuer.origin)
    if (!body.ok) return problemReply(app, c, body.why)
    const found = await findSignIn(app, interactions, c)
    if ('at' in found) return reply(app, c, body.form, found)
    const fields = body.form ? nestedAnswer(body.fields) : body.fields
    const outcome = await action(app, found.interaction, found.stored, fields)
    if ('stored' in outcome) {
      const view = await then(c, found.interaction, outcome.stored, null)
      return reply(app, c, body.form, outcome.news && 'uid' in view ? { ...view, news: outcome.news } : view)
    }
    if (outcome.why.code === 'bad-request') return problemReply(app, c, outcome.why)
    return reply(app, c, body.form, await currentView(c, outcome.why), outcome.why)
  }

  async function currentView(c: C, why: Refusal | null): Promise<View> {
    const found = await findSignIn(app, interactions, c)
    return 'at' in found ? found : show(c, found.interaction, found.stored, why)
  }

  async function show(c: C, interaction: Interaction, stored: StoredSignIn, why: Refusal | null): Promise<View> {
    const asked = await confirmationOf(app, interaction, stored)
    if (asked) return asked
    if (interaction.consenting && interaction.session && stored.signIn.agreed) {
      const goTo = await interactions.allow(c.env, interaction)
      await endSignIn(app, c, interaction, 'finished')
      return leaving(interaction, stored, app.now(), goTo)
    }
    const decided = await decideNext(app, interaction, stored)
    const { account } = stored.signIn
    const around = { ...alone, why, now: app.now() }
    if (decided.decision.is === 'done' && account) {
      const finished = { account, evidence: decided.decision.evidence }
      const goTo = await finishSignIn(app, interactions, c, interaction, stored, finished)
      return viewOf(interaction, stored, decided, { ...around, goTo })
    }
    const person = await signedInElsewhere(app, interactions, c, interaction, stored)
    if (person) return viewOf(interaction, stored, decided, { ...around, elsewhere: person.name ?? person.username })
    if (decided.decision.is === 'enrol')
      return viewOf(interaction, stored, decided, { ...around, question: await openQuestion(app, stored.signIn) })
    const opened = await openNextChallenge(app, interaction, stored, decided)
    if (!opened) return currentView(c, { code: 'stale' })
    return withLocks(app, interaction, viewOf(interaction, opened, decided, around), decided, opened.signIn)
  }

  /** A restart also undoes a sign-in that was finished, and not yet taken to the client. */
  async function beginAgain(c: C, interaction: Interaction, stored: StoredSignIn): Promise<View> {
    await interactions.undo(c.env)
    return show(c, interaction, stored, null)
  }
}

const alone = { elsewhere: null, goTo: null, question: null } as const
