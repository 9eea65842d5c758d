import { randomBytes } from 'node:crypto'
import type { RefusalCode } from '#shared/refusal.ts'
import type { Client } from '../config/load.ts'
import { absolute, type House } from '../house.ts'
import type { Waiting } from '../provider/finish.ts'

/**
 * What remains of a sign-in for a day, so that its page leads on when the sign-in itself is gone:
 * the engine's interaction dies with the request's parameters in it. Nothing about the person.
 */
export interface Ticket {
  readonly uid: string
  readonly client: string
  readonly redirectUri: string
  readonly state: string | null
  readonly outcome: Extract<RefusalCode, 'finished' | 'cancelled'> | null
}

const kind = 'Ticket'
const ticketMs = 24 * 3_600_000
export const ticketSeconds = ticketMs / 1000

export async function issueTicket({ store, now }: House, waiting: Waiting): Promise<string> {
  const id = randomBytes(24).toString('base64url')
  const { uid, client, redirectUri, state } = waiting
  const ticket: Ticket = { uid, client: client.client_id, redirectUri, state, outcome: null }
  await store.documents.put(kind, id, ticket, now().getTime() + ticketMs)
  return id
}

/** Null for a ticket of another sign-in, or of no one. */
export async function readTicket({ store }: House, id: string | undefined, uid: string): Promise<Ticket | null> {
  const found = id ? await store.documents.get(kind, id) : null
  const ticket = found ? (found.value as unknown as Ticket) : null
  return ticket?.uid === uid ? ticket : null
}

export async function closeTicket(house: House, id: string | undefined, uid: string, outcome: Ticket['outcome']) {
  const ticket = await readTicket(house, id, uid)
  if (id && ticket) await house.store.documents.put(kind, id, { ...ticket, outcome }, house.now().getTime() + ticketMs)
}

/** Where the person can go on: the client's own beginning where it has one, else its home, or back with an error. */
export function wayBack(house: House, client: Client, ticket: Ticket): string {
  const issuer = house.issuer.origin
  if (client.initiate_login_uri) return withQuery(absolute(house, client.initiate_login_uri), { iss: issuer })
  if (client.client_uri) return absolute(house, client.client_uri)
  if (ticket.outcome !== null) return new URL('/', ticket.redirectUri).href
  const state = ticket.state === null ? {} : { state: ticket.state }
  return withQuery(ticket.redirectUri, { error: 'login_required', ...state, iss: issuer })
}

function withQuery(uri: string, parameters: Record<string, string>): string {
  const url = new URL(uri)
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}
