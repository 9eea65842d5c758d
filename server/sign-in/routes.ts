import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { Refusal } from '#shared/refusal.ts'
import type { View } from '#shared/view.ts'
import { bodyOf } from '../guard/body.ts'
import type { House } from '../house.ts'
import { showPage } from '../pages.ts'
import type { Clerk, Waiting } from '../provider/finish.ts'
import { asking } from './asking.ts'
import { agree, cancel, extend, identify, type Outcome, restart } from './desk.ts'
import { enrol, questionOf } from './enrol.ts'
import { examine } from './examine.ts'
import { type C, endSignIn, findSignIn } from './find.ts'
import { judge } from './judge.ts'
import { withLocks } from './methods.ts'
import { challenge, openNext } from './open.ts'
import { problem, reply, statusOfPage } from './reply.ts'
import { type Kept, provenIn } from './state.ts'
import { leaving, returning, viewOf } from './view.ts'

type Fields = Readonly<Record<string, unknown>>
type Action = (house: House, waiting: Waiting, kept: Kept, fields: Fields) => Promise<Outcome>
type After = (c: C, waiting: Waiting, kept: Kept, why: Refusal | null) => Promise<View>

/** Room 2, the desk: every reply is a View, as JSON for the page's script and as a page for everybody else. */
export function signInRoutes(house: House, clerk: Clerk) {
  const app = new Hono<{ Bindings: HttpBindings }>().basePath('/:uid{[\\w-]+}')
  app.get('/', async (c) => {
    const view = returning(house, await currentView(c, null), c.req.query('returned'))
    return showPage(house, c, view, statusOfPage(view))
  })
  app.get('/view', async (c) => {
    const view = await currentView(c, null)
    return c.json(view, statusOfPage(view))
  })
  app.get('/:action', (c) => c.redirect(`/sign-in/${c.req.param('uid')}`, 303))
  app.post('/identify', (c) => act(c, identify))
  app.post('/challenge', (c) => act(c, challenge))
  app.post('/answer', (c) => act(c, examine))
  app.post('/enrol', (c) => act(c, enrol))
  app.post('/agree', (c) => act(c, agree))
  app.post('/restart', (c) => act(c, restart, beginAgain))
  app.post('/extend', (c) => act(c, extend))
  app.post('/cancel', (c) => act(c, cancel, leave))
  return app

  async function act(c: C, action: Action, then: After = show): Promise<Response> {
    const body = await bodyOf(c.env.incoming, house.issuer.origin)
    if (!body.ok) return problem(house, c, body.why)
    const found = await findSignIn(house, clerk, c)
    if ('at' in found) return reply(house, c, body.form, found)
    const fields = body.form ? answerIn(body.fields) : body.fields
    const outcome = await action(house, found.waiting, found.kept, fields)
    if ('kept' in outcome) {
      const view = await then(c, found.waiting, outcome.kept, null)
      return reply(house, c, body.form, outcome.news && 'uid' in view ? { ...view, news: outcome.news } : view)
    }
    if (outcome.why.code === 'bad-request') return problem(house, c, outcome.why)
    return reply(house, c, body.form, await currentView(c, outcome.why), outcome.why)
  }

  async function currentView(c: C, why: Refusal | null): Promise<View> {
    const found = await findSignIn(house, clerk, c)
    return 'at' in found ? found : show(c, found.waiting, found.kept, why)
  }

  async function show(c: C, waiting: Waiting, kept: Kept, why: Refusal | null): Promise<View> {
    const asked = await asking(house, waiting, kept)
    if (asked) return asked
    if (waiting.consenting && waiting.session && kept.signIn.agreed) {
      const goTo = await clerk.allow(c.env, waiting)
      await endSignIn(house, c, waiting, 'finished')
      return leaving(waiting, kept, house.now(), goTo)
    }
    const judged = await judge(house, waiting, kept.signIn)
    const { account } = kept.signIn
    const around = { ...alone, why, now: house.now() }
    if (judged.decision.is === 'done' && account) {
      const since = Math.min(...judged.decision.evidence.map(({ at }) => at))
      const signIn = provenIn(waiting.uid, kept.signIn)
      const goTo = await clerk.finish(c.env, { account, signIn, since, policy: waiting.client.policyHash })
      await endSignIn(house, c, waiting, 'finished')
      return viewOf(waiting, kept, judged, { ...around, goTo })
    }
    const person = await signedInElsewhere(c, waiting, kept)
    if (person) return viewOf(waiting, kept, judged, { ...around, elsewhere: person.name ?? person.username })
    if (judged.decision.is === 'enrol')
      return viewOf(waiting, kept, judged, { ...around, question: await questionOf(house, kept.signIn) })
    const opened = await openNext(house, waiting, kept, judged)
    if (!opened) return currentView(c, { code: 'stale' })
    return withLocks(house, waiting, viewOf(waiting, opened, judged, around), judged, opened.signIn)
  }

  /** Somebody who has signed in in this browser since the request was made, and whose session answers it. */
  async function signedInElsewhere(c: C, waiting: Waiting, { signIn }: Kept) {
    const session = signIn.alone || waiting.session ? null : await clerk.signedIn(c.env)
    if (!session) return null
    const theirs = { ...signIn, named: true, account: session.account }
    const { decision } = await judge(house, { ...waiting, session }, theirs)
    return decision.is === 'done' ? house.store.people.get(session.account) : null
  }

  /** A cancelled sign-in ends at the client, which is told why. */
  async function leave(c: C, waiting: Waiting, kept: Kept): Promise<View> {
    const { decision } = await judge(house, waiting, kept.signIn)
    const goTo = await clerk.fail(c.env, decision.is === 'refuse' ? decision.why : { code: 'cancelled' })
    await endSignIn(house, c, waiting, 'cancelled')
    return leaving(waiting, kept, house.now(), goTo)
  }

  /** Also what was finished, and not yet taken to the client, is forgotten. */
  async function beginAgain(c: C, waiting: Waiting, kept: Kept): Promise<View> {
    await clerk.undo(c.env)
    return show(c, waiting, kept, null)
  }
}

const alone = { elsewhere: null, goTo: null, question: null } as const

/** A form's fields are flat: what is not ours is the answer. */
function answerIn({ challenge, revision, ...rest }: Fields): Fields {
  return challenge === undefined ? { revision, ...rest } : { challenge, revision, answer: rest }
}
