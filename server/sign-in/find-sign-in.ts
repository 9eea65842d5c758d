import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { Refusal } from '#shared/refusal.ts'
import type { View } from '#shared/wire/view.ts'
import { clientAsOf } from '../config/history.ts'
import type { AppContext } from '../context/app-context.ts'
import { bindingIn } from '../http/browser-binding.ts'
import type { Interaction, Interactions } from '../provider/interactions.ts'
import { whyClosed } from './actions.ts'
import { beginSignIn } from './begin-sign-in.ts'
import {
  newReturnTicket,
  type ReturnTicket,
  readReturnTicket,
  returnTicketSeconds,
  sealReturnTicket,
  wayBack,
} from './return-ticket.ts'
import { loadSignIn, prefetchSignIn, type StoredSignIn } from './state.ts'

export type C = Context<{ Bindings: HttpBindings }>
export type FoundSignIn = { readonly interaction: Interaction; readonly stored: StoredSignIn }

const isHttps = ({ issuer }: AppContext) => issuer.protocol === 'https:'
const cookieName = (app: AppContext) => (isHttps(app) ? '__Secure-sallyport_ticket' : 'sallyport_ticket')

/** The sign-in that this browser has under way at this address; the view `over` when there is none. */
export async function findSignIn(
  app: AppContext,
  interactions: Interactions,
  c: C,
): Promise<FoundSignIn | Extract<View, { at: 'over' }>> {
  const uid = c.req.param('uid') ?? ''
  await prefetchSignIn(app.store, uid)
  const interaction = await interactions.find(c.env)
  const ticket = readReturnTicket(app, getCookie(c, cookieName(app)), uid, bindingIn(app.issuer, c.env.incoming))
  if (interaction?.uid !== uid) return over(app, uid, ticket, null)
  const stored =
    (await loadSignIn(app.store, uid)) ??
    (await beginSignIn(app, underRules(app, interaction, interaction.beginning.rulesHash)))
  // A new ticket also replaces an unreadable one: sealed with a key that is gone, or junk.
  if (!ticket) keepTicket(app, c, uid, newReturnTicket(app, interaction))
  const why = whyClosed(app, stored)
  return why
    ? over(app, uid, ticket ?? newReturnTicket(app, interaction), why)
    : { interaction: underRules(app, interaction, stored.signIn.rulesHash), stored }
}

const underRules = (app: AppContext, interaction: Interaction, rulesHash: string | undefined): Interaction => ({
  ...interaction,
  client: clientAsOf(app, interaction.client, rulesHash),
})

/** Keeps a sign-in's outcome in the return ticket, for somebody who comes back to its page with Back. */
export const endSignIn = (app: AppContext, c: C, interaction: Interaction, outcome: ReturnTicket['outcome']): void =>
  keepTicket(app, c, interaction.uid, { ...newReturnTicket(app, interaction), outcome })

function keepTicket(app: AppContext, c: C, uid: string, ticket: ReturnTicket): void {
  const sealed = sealReturnTicket(app, uid, bindingIn(app.issuer, c.env.incoming), ticket)
  const cookie = { path: `/sign-in/${uid}`, httpOnly: true, sameSite: 'Lax', secure: isHttps(app) } as const
  if (sealed) setCookie(c, cookieName(app), sealed, { ...cookie, maxAge: returnTicketSeconds })
}

function over(
  app: AppContext,
  uid: string,
  ticket: ReturnTicket | null,
  why: Refusal | null,
): Extract<View, { at: 'over' }> {
  const client = ticket ? (app.config.clients.get(ticket.client) ?? null) : null
  const code = why?.code ?? ticket?.outcome ?? 'expired'
  const reference = uid.slice(0, 10)
  app.log.info({ reference, why: code, client: client?.client_id }, 'a sign-in is over')
  return {
    at: 'over',
    why: code,
    reference,
    client: client?.client_name ?? null,
    goTo: client && ticket ? wayBack(app, client, ticket) : null,
  }
}
