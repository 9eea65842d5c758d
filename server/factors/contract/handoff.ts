import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { BuiltFactor } from '#shared/factors/index.ts'
import { isCurrent } from '../../clock/instants.ts'
import type { Seal } from '../../secrets/seal.ts'
import type { Store } from '../../store/store.ts'

/**
 * For factors that are answered elsewhere. The browser goes there with a ticket that is good for one question and once,
 * and comes back with the answer, sealed for that question alone, in its address and nowhere else: whoever sends somebody
 * through a side door gets nothing, and the answer is taken in a POST with the question's own cookie.
 */
const ticket = z.strictObject({
  /** The question. */
  row: z.array(z.string()).readonly(),
  /** The path on the issuer that leads back to it. */
  back: z.string(),
  until: z.number(),
})
type HandoffTicket = z.output<typeof ticket>
/** With what tickets and answers are sealed, and where. */
export interface Handoffs {
  readonly issuer: URL
  readonly tickets: Seal
  readonly now: () => Date
  readonly store: Store
  /** Of factors that are answered elsewhere: the address that a ticket is good for. */
  readonly handoffs: Readonly<Partial<Record<BuiltFactor, (ticket: string) => string>>>
}
type Sealing = Pick<Handoffs, 'tickets' | 'now'>

const ticketMs = 3_600_000
const answerMs = 2 * 60_000
const ofTickets = ['side door']
const ofAnswer = (row: HandoffTicket['row']) => ['answer', ...row]

/** Where the browser goes to answer a question; null when this factor is answered here, or cannot be now. */
export const answerUrlFor = (
  { handoffs, tickets, now }: Pick<Handoffs, 'handoffs' | 'tickets' | 'now'>,
  factor: BuiltFactor,
  row: HandoffTicket['row'],
  back: string,
): string | null =>
  handoffs[factor]?.(
    tickets.close({ row, back, until: now().getTime() + ticketMs } satisfies HandoffTicket, ofTickets),
  ) ?? null

/** Null for what was changed, took too long, or was never a ticket. */
export function readHandoffTicket({ tickets, now }: Sealing, sealed: string): HandoffTicket | null {
  const read = ticket.safeParse(opened(() => tickets.open(sealed, ofTickets)))
  return read.success && isCurrent(read.data.until, now().getTime(), ticketMs) ? read.data : null
}

/** False when it was spent before. */
export const spendHandoffTicket = (
  { store }: Pick<Handoffs, 'store'>,
  sealed: string,
  { until }: HandoffTicket,
): Promise<boolean> =>
  store.documents.add('SpentTicket', createHash('sha256').update(sealed).digest('base64url'), {}, until)

/** The way back, with an answer or without one. */
export function handoffReturnUrl(
  { issuer, tickets, now }: Pick<Handoffs, 'issuer' | 'tickets' | 'now'>,
  { row, back }: HandoffTicket,
  answer: unknown | null,
): string {
  const url = new URL(back, issuer)
  if (answer !== null)
    url.searchParams.set('returned', tickets.close({ answer, until: now().getTime() + answerMs }, ofAnswer(row)))
  return url.href
}

/** The answer that came back; null when it is not to this question, or took too long. */
export function returnedAnswer({ tickets, now }: Sealing, row: HandoffTicket['row'], fields: unknown): unknown | null {
  const sent = z.strictObject({ returned: z.string() }).safeParse(fields)
  if (!sent.success) return null
  const read = opened(() => tickets.open(sent.data.returned, ofAnswer(row))) as {
    answer: unknown
    until: number
  } | null
  return read && isCurrent(read.until, now().getTime(), answerMs) ? read.answer : null
}

function opened(open: () => unknown): unknown | null {
  try {
    return open()
  } catch {
    return null
  }
}
