import { z } from 'zod'
import { isCurrent } from '../clock/instants.ts'
import type { Client } from '../config/load.ts'
import { absoluteUrl } from '../context/absolute-url.ts'
import type { AppContext } from '../context/app-context.ts'
import { isRegisteredRedirect } from '../context/redirects.ts'
import type { Interaction } from '../provider/interactions.ts'

const ticket = z.strictObject({
  client: z.string(),
  redirectUri: z.string(),
  mode: z.string().nullable(),
  state: z.string().nullable(),
  outcome: z.literal(['finished', 'cancelled']).nullable(),
  /** When the ticket ends (epoch milliseconds): a browser may keep a cookie for longer than it was told to. */
  until: z.number(),
})
/**
 * The part of a sign-in that remains for a day, so that its page leads on when the sign-in itself is gone: the engine's
 * interaction dies with the request's parameters in it. Nothing about the person. The browser keeps the ticket, sealed
 * and bound to its sign-in: a ticket spends nothing, so no row has to remember it.
 */
export type ReturnTicket = z.output<typeof ticket>

const ticketMs = 24 * 3_600_000
export const returnTicketSeconds: number = ticketMs / 1000
/** A browser drops a cookie of more than 4096 bytes, name and attributes included (RFC 6265 §6.1). */
const longest = 3800

/** The sign-in and the browser that a ticket is sealed for: a ticket that a neighbour host plants is not read. */
const rowOf = (uid: string, binding: string | null) => ['ticket', uid, binding ?? '']

export const newReturnTicket = (
  { now }: Pick<AppContext, 'now'>,
  { client, redirectUri, mode, state }: Interaction,
): ReturnTicket => ({
  client: client.client_id,
  redirectUri,
  mode,
  state,
  outcome: null,
  until: now().getTime() + ticketMs,
})

/** Seals a ticket; null for one that no cookie can hold: its page will lead nowhere, and say so. */
export function sealReturnTicket(
  { tickets }: Pick<AppContext, 'tickets'>,
  uid: string,
  binding: string | null,
  ticket: ReturnTicket,
): string | null {
  const sealed = tickets.close(ticket, rowOf(uid, binding))
  return sealed.length > longest ? null : sealed
}

/** Opens a ticket; null for one of another sign-in or browser, one that was changed or is too old, and none. */
export function readReturnTicket(
  { tickets, now }: AppContext,
  sealed: string | undefined,
  uid: string,
  binding: string | null,
): ReturnTicket | null {
  if (!sealed) return null
  try {
    const read = ticket.parse(tickets.open(sealed, rowOf(uid, binding)))
    return isCurrent(read.until, now().getTime(), ticketMs) ? read : null
  } catch {
    return null
  }
}

/**
 * The address where the person can go on: the client's `initiate_login_uri` where it has one, else its home page, or
 * back with an error. Null where the address that the sign-in began with is registered no more.
 */
export function wayBack(app: AppContext, client: Client, ticket: ReturnTicket): string | null {
  const issuer = app.issuer.origin
  if (client.initiate_login_uri) return withQuery(absoluteUrl(app, client.initiate_login_uri), { iss: issuer })
  if (client.client_uri) return absoluteUrl(app, client.client_uri)
  if (!isRegisteredRedirect(app, client.client_id, ticket.redirectUri)) return null
  // A sign-in that ended was answered already, and a link cannot post.
  if (ticket.outcome !== null || ticket.mode === 'form_post') return new URL('/', ticket.redirectUri).href
  const state = ticket.state === null ? {} : { state: ticket.state }
  const answer = { error: 'login_required', ...state, iss: issuer }
  if (ticket.mode !== 'fragment') return withQuery(ticket.redirectUri, answer)
  return `${ticket.redirectUri}#${new URLSearchParams(answer)}`
}

function withQuery(uri: string, parameters: Record<string, string>): string {
  const url = new URL(uri)
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}
