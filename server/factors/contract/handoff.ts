import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { BuiltFactor } from '#shared/factors/index.ts'
import { isCurrent } from '../../clock/instants.ts'
import type { Seal } from '../../secrets/seal.ts'
import type { Store } from '../../store/store.ts'

/**
 * A handoff: a challenge or an enrolment question is answered on another origin. The browser goes there with a ticket
 * that is good once and for one question, and returns with the answer in the address alone, sealed for that question.
 * Luring somebody into a handoff gains nothing: the answer counts only in a POST with the cookie of the question.
 */
const ticket = z.strictObject({
  /** The row of the challenge or question (`rowOf`, `questionRow`). */
  row: z.array(z.string()).readonly(),
  /** The path on the issuer that leads back to the question. */
  back: z.string(),
  /** The end of the ticket, in epoch milliseconds. */
  until: z.number(),
})
type HandoffTicket = z.output<typeof ticket>
/** The seal of tickets and answers, and what else handoffs need. */
export interface Handoffs {
  readonly issuer: URL
  readonly tickets: Seal
  readonly now: () => Date
  readonly store: Store
  /** The address of a ticket, for each factor that is answered on another origin. */
  readonly handoffs: Readonly<Partial<Record<BuiltFactor, (ticket: string) => string>>>
}
type Sealing = Pick<Handoffs, 'tickets' | 'now'>

const ticketMs = 3_600_000
const answerMs = 2 * 60_000
const ofTickets = ['side door']
const ofAnswer = (row: HandoffTicket['row']) => ['answer', ...row]

/** The address where the browser answers a question; null for a factor that has no handoff. */
export const answerUrlFor = (
  { handoffs, tickets, now }: Pick<Handoffs, 'handoffs' | 'tickets' | 'now'>,
  factor: BuiltFactor,
  row: HandoffTicket['row'],
  back: string,
): string | null =>
  handoffs[factor]?.(
    tickets.close({ row, back, until: now().getTime() + ticketMs } satisfies HandoffTicket, ofTickets),
  ) ?? null

/** Opens a ticket; null for one that was changed or is too old, and for anything else. */
export function readHandoffTicket({ tickets, now }: Sealing, sealed: string): HandoffTicket | null {
  const read = ticket.safeParse(opened(() => tickets.open(sealed, ofTickets)))
  return read.success && isCurrent(read.data.until, now().getTime(), ticketMs) ? read.data : null
}

/** Marks a ticket as spent; false when it was spent before. */
export const spendHandoffTicket = (
  { store }: Pick<Handoffs, 'store'>,
  sealed: string,
  { until }: HandoffTicket,
): Promise<boolean> =>
  store.documents.add('SpentTicket', createHash('sha256').update(sealed).digest('base64url'), {}, until)

/** The address that leads back to the question, with the sealed answer unless it is null. */
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

/** The answer that a handoff brought back; null for an answer to another question, and for one that is too old. */
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
