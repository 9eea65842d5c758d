import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RefusalCode } from '#shared/refusal.ts'
import { statusOf } from '#shared/refusal.ts'
import { isProgram, problemDetails, problemType } from '../http/problem.ts'
import type { Pages } from '../pages/pages.ts'
import type { Limits } from '../settings/attempts.ts'
import type { OpeningBudget } from './opening-budget.ts'

const code = 'too-many-requests' satisfies RefusalCode

interface Counted {
  readonly issuer: URL
  readonly openings: OpeningBudget
  readonly config: { readonly attempts: Limits }
  readonly pages: Pick<Pages, 'html' | 'problemTitle'>
  readonly serviceName: string
  readonly addressOf: (incoming: IncomingMessage) => string | null
}

/**
 * Answers 429 to an address that has spent its openings of this minute, before anything is read or stored (RFC 6585
 * §4); false when the request may go on. A sign-in under way waits too: its next step opens a challenge.
 */
export function stopFlood(counted: Counted, path: string, req: IncomingMessage, res: ServerResponse): boolean {
  const { openings, addressOf, config, pages, serviceName } = counted
  const wait = openings.waitFor(addressOf(req), config.attempts.openings_per_address_a_minute)
  if (wait === 0) return false
  res.statusCode = statusOf({ code })
  res.setHeader('Retry-After', String(Math.ceil(wait / 1000)))
  res.setHeader('Connection', 'close')
  if (isProgram(path, req.headers)) {
    res.setHeader('Content-Type', problemType)
    res.end(JSON.stringify(problemDetails(counted, { code })))
    return true
  }
  const view = { at: 'error', code, client: null, detail: null, reference: null } as const
  void pages.html(view, { serviceName, acceptLanguage: req.headers['accept-language'] }).then(
    (html) => res.setHeader('Content-Type', 'text/html; charset=UTF-8').end(html),
    () => res.end(),
  )
  return true
}
