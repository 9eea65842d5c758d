import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { Refusal } from '#shared/refusal.ts'
import type { View } from '#shared/wire/view.ts'
import { clientUnder } from '../config/history.ts'
import type { House } from '../context/app-context.ts'
import { bindingIn } from '../http/browser-binding.ts'
import type { Clerk, Waiting } from '../provider/finish.ts'
import { begin, closed } from './desk.ts'
import { type Kept, loadSignIn } from './state.ts'
import { newTicket, readTicket, sealTicket, type Ticket, ticketSeconds, wayBack } from './ticket.ts'

export type C = Context<{ Bindings: HttpBindings }>
export type Found = { readonly waiting: Waiting; readonly kept: Kept }

const isHttps = ({ issuer }: House) => issuer.protocol === 'https:'
const cookieName = (house: House) => (isHttps(house) ? '__Secure-sallyport_ticket' : 'sallyport_ticket')

/** The sign-in that this browser has under way at this address; or the view that says that there is none. */
export async function findSignIn(house: House, clerk: Clerk, c: C): Promise<Found | Extract<View, { at: 'over' }>> {
  const uid = c.req.param('uid') ?? ''
  const waiting = await clerk.find(c.env)
  const ticket = readTicket(house, getCookie(c, cookieName(house)), uid, bindingIn(house.issuer, c.env.incoming))
  if (waiting?.uid !== uid) return over(house, uid, ticket, null)
  const kept = (await loadSignIn(house.store, uid)) ?? (await begin(house, waiting))
  // Also in place of one that cannot be read: sealed with a key that is gone, or junk.
  if (!ticket) keepTicket(house, c, uid, newTicket(house, waiting))
  const why = closed(house, kept)
  const client = clientUnder(house, waiting.client, kept.signIn.policy)
  return why ? over(house, uid, ticket ?? newTicket(house, waiting), why) : { waiting: { ...waiting, client }, kept }
}

/** Remembers how it ended, for when somebody comes Back to its page. */
export const endSignIn = (house: House, c: C, waiting: Waiting, outcome: Ticket['outcome']): void =>
  keepTicket(house, c, waiting.uid, { ...newTicket(house, waiting), outcome })

function keepTicket(house: House, c: C, uid: string, ticket: Ticket): void {
  const sealed = sealTicket(house, uid, bindingIn(house.issuer, c.env.incoming), ticket)
  const cookie = { path: `/sign-in/${uid}`, httpOnly: true, sameSite: 'Lax', secure: isHttps(house) } as const
  if (sealed) setCookie(c, cookieName(house), sealed, { ...cookie, maxAge: ticketSeconds })
}

function over(house: House, uid: string, ticket: Ticket | null, why: Refusal | null): Extract<View, { at: 'over' }> {
  const client = ticket ? (house.config.clients.get(ticket.client) ?? null) : null
  const code = why?.code ?? ticket?.outcome ?? 'expired'
  const reference = uid.slice(0, 10)
  house.log.info({ reference, why: code, client: client?.client_id }, 'a sign-in is over')
  return {
    at: 'over',
    why: code,
    reference,
    client: client?.client_name ?? null,
    goTo: client && ticket ? wayBack(house, client, ticket) : null,
  }
}
