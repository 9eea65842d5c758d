import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { type Refusal, statusOf } from '#shared/refusal.ts'
import type { View } from '#shared/view.ts'
import { type Body, bodyOf } from '../guard/body.ts'
import { contentPolicy } from '../guard/headers.ts'
import { clientOf, type House } from '../house.ts'
import type { Clerk, Waiting } from '../provider/finish.ts'
import { begin, closed, extend, identify, nextOf, no, type Outcome, openChallenge, restart } from './desk.ts'
import { examine } from './examine.ts'
import { type Kept, loadSignIn, provenIn } from './state.ts'
import { closeTicket, issueTicket, readTicket, type Ticket, ticketSeconds, wayBack } from './ticket.ts'
import { viewOf } from './view.ts'

type C = Context<{ Bindings: HttpBindings }>
type Action = (
  house: House,
  waiting: Waiting,
  kept: Kept,
  fields: Readonly<Record<string, unknown>>,
) => Promise<Outcome>

/** The sign-in protocol: every reply is a View, as JSON for the page's script and as a page for everybody else. */
export function signInRoutes(house: House, clerk: Clerk) {
  const app = new Hono<{ Bindings: HttpBindings }>()
  const ticketCookie = house.issuer.protocol === 'https:' ? '__Secure-sallyport_ticket' : 'sallyport_ticket'

  app.get('/:uid', async (c) => {
    const view = await currentView(c, null)
    return page(c, view, gone(view))
  })
  app.get('/:uid/view', async (c) => {
    const view = await currentView(c, null)
    return json(c, view, gone(view))
  })
  app.get('/:uid/:action', (c) => c.redirect(`/sign-in/${c.req.param('uid')}`, 303))
  app.post('/:uid/cancel', (c) => act(c, async () => no('cancelled')))
  app.post('/:uid/identify', (c) => act(c, identify))
  app.post('/:uid/answer', (c) => act(c, examine))
  app.post('/:uid/restart', (c) => act(c, restart))
  app.post('/:uid/extend', (c) => act(c, extend))
  return app

  async function act(c: C, action: Action): Promise<Response> {
    const body = await bodyOf(c.req.raw, house.issuer.origin)
    if (!body.ok) return problem(c, body.why)
    const found = await find(c)
    if ('at' in found) return reply(c, body, found)
    const outcome = await action(house, found.waiting, found.kept, body.form ? answerFields(body.fields) : body.fields)
    if ('kept' in outcome) return reply(c, body, await show(c, found.waiting, outcome.kept, null))
    if (outcome.why.code === 'cancelled') return reply(c, body, await cancel(c, found.waiting, found.kept))
    if (outcome.why.code === 'bad-request') return problem(c, outcome.why)
    return reply(c, body, await currentView(c, outcome.why), outcome.why)
  }

  /** The sign-in that this browser has under way here; or the view that says that there is none. */
  async function find(c: C): Promise<{ waiting: Waiting; kept: Kept } | Extract<View, { at: 'over' }>> {
    const uid = c.req.param('uid') ?? ''
    const waiting = await clerk.find(c.env)
    if (waiting?.uid !== uid) return over(await readTicket(house, getCookie(c, ticketCookie), uid), null)
    // A form's redirect may lead to the client at hand, and to nobody else's.
    c.env.outgoing.setHeader('Content-Security-Policy', contentPolicy(house, [new URL(waiting.redirectUri).origin]))
    const kept = (await loadSignIn(house.store, uid)) ?? (await begin(house, waiting))
    const ticket = await ticketOf(c, waiting)
    const why = closed(house, kept)
    return why ? over(ticket, why) : { waiting, kept }
  }

  async function ticketOf(c: C, waiting: Waiting): Promise<Ticket | null> {
    const known = await readTicket(house, getCookie(c, ticketCookie), waiting.uid)
    if (known) return known
    const id = await issueTicket(house, waiting)
    setCookie(c, ticketCookie, id, {
      path: `/sign-in/${waiting.uid}`,
      httpOnly: true,
      sameSite: 'Lax',
      secure: house.issuer.protocol === 'https:',
      maxAge: ticketSeconds,
    })
    return readTicket(house, id, waiting.uid)
  }

  function over(ticket: Ticket | null, why: Refusal | null): Extract<View, { at: 'over' }> {
    const client = ticket ? clientOf(house, ticket.client) : null
    return {
      at: 'over',
      why: why?.code ?? ticket?.outcome ?? 'expired',
      client: client?.client_name ?? null,
      goTo: client && ticket ? wayBack(house, client, ticket) : null,
    }
  }

  async function currentView(c: C, why: Refusal | null): Promise<View> {
    const found = await find(c)
    return 'at' in found ? found : show(c, found.waiting, found.kept, why)
  }

  async function show(c: C, waiting: Waiting, kept: Kept, why: Refusal | null): Promise<View> {
    const decision = await nextOf(house, waiting, kept.signIn)
    const { account } = kept.signIn
    if (decision.is === 'done' && account) {
      const goTo = await clerk.finish(c.env, account, provenIn(waiting.uid, kept.signIn))
      await closeTicket(house, getCookie(c, ticketCookie), waiting.uid, 'finished')
      return viewOf(waiting, kept, decision, { elsewhere: null, goTo, why })
    }
    const elsewhere = kept.signIn.alone || waiting.session ? null : await clerk.signedIn(c.env)
    const person = elsewhere ? await house.store.people.get(elsewhere) : null
    if (person) return viewOf(waiting, kept, decision, { elsewhere: person.name ?? person.username, goTo: null, why })
    const opened = await openChallenge(house, waiting, kept, decision)
    return opened
      ? viewOf(waiting, opened, decision, { elsewhere: null, goTo: null, why })
      : currentView(c, { code: 'stale' })
  }

  async function cancel(c: C, waiting: Waiting, kept: Kept): Promise<View> {
    const decision = await nextOf(house, waiting, kept.signIn)
    const unmet = decision.is === 'refuse' && decision.why.code === 'unmet'
    const goTo = unmet
      ? await clerk.fail(c.env, 'unmet_authentication_requirements', 'the requested acr cannot be met')
      : await clerk.fail(c.env, 'access_denied', 'the person cancelled the sign-in')
    await closeTicket(house, getCookie(c, ticketCookie), waiting.uid, 'cancelled')
    return viewOf(waiting, kept, { is: 'done', acr: '', evidence: [], doors: [] }, { elsewhere: null, goTo, why: null })
  }

  /** JSON for the script; a form is answered 303 back to the page, or on to where the sign-in leads. */
  function reply(c: C, { form }: Extract<Body, { ok: true }>, view: View, why: Refusal | null = null) {
    const status = statusFor(view)
    if (status === 503) c.header('Retry-After', '2')
    if (!form) return json(c, view, status)
    if (view.at === 'done') return c.redirect(view.goTo, 303)
    return why || view.at === 'over' ? page(c, view, status) : c.redirect(`/sign-in/${c.req.param('uid')}`, 303)
  }

  function json(c: C, view: View, status: Status) {
    return c.json(view, status)
  }

  async function page(c: C, view: View, status: Status) {
    return c.html(await house.pages.html(view, { acceptLanguage: c.req.header('accept-language') }), status)
  }

  /** RFC 9457. A form gets a page instead. */
  function problem(c: C, why: Refusal) {
    const status = statusOf(why)
    if (c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded'))
      return page(c, { at: 'error', code: why.code, client: null, detail: null, reference: null }, status)
    const details = { type: 'about:blank', status, title: why.code, code: why.code }
    return c.json(details, status, { 'Content-Type': 'application/problem+json' })
  }
}

type Status = ReturnType<typeof statusOf> | 200

const gone = (view: View): Status => (view.at === 'over' ? statusOf({ code: view.why }) : 200)
const statusFor = (view: View): Status => ('refusal' in view && view.refusal ? statusOf(view.refusal) : gone(view))

/** A form's fields are flat: what is not ours is the answer. */
function answerFields({ challenge, revision, ...rest }: Readonly<Record<string, unknown>>) {
  return challenge === undefined ? { revision, ...rest } : { challenge, revision, answer: rest }
}
