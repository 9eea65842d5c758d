import { type Refusal, statusOf } from '#shared/refusal.ts'
import type { View } from '#shared/wire/view.ts'
import type { AppContext } from '../context/app-context.ts'
import { problemResponse } from '../http/problem.ts'
import { showPage } from '../pages/pages.ts'
import { retryAfterSeconds } from '../store/store-locked.ts'
import type { C } from './find-sign-in.ts'

type Fields = Readonly<Record<string, unknown>>
type Status = ReturnType<typeof statusOf> | 200

export const statusOfPage = (view: View): Status => (view.at === 'over' ? statusOf({ code: view.why }) : 200)
const statusOfAction = (view: View): Status =>
  'refusal' in view && view.refusal ? statusOf(view.refusal) : statusOfPage(view)

/**
 * Seconds after which the same may be tried again (RFC 9110 §10.2.3; RFC 6585 §4); null when that is never, or not
 * known.
 */
function retryAfter({ now }: AppContext, view: View, status: Status): number | null {
  if (status === 503) return retryAfterSeconds
  const until = status === 429 && 'refusal' in view ? view.refusal?.until : undefined
  return until === undefined ? null : Math.max(1, Math.ceil((Date.parse(until) - now().getTime()) / 1000))
}

/** The answer to an action: JSON for the script, 303 back to the page for a form. */
export function reply(app: AppContext, c: C, form: boolean, view: View, why: Refusal | null = null) {
  const status = statusOfAction(view)
  const seconds = retryAfter(app, view, status)
  if (seconds !== null) c.header('Retry-After', String(seconds))
  if (!form) return c.json(view, status)
  if (view.at === 'done') {
    // A Refresh and no redirect: browsers hold redirects to the form-action of the page that posted, all the way
    // through the client.
    c.header('Refresh', `0; url=${view.goTo}`)
    return showPage(app, c, view)
  }
  return why || view.at === 'over' ? showPage(app, c, view, status) : c.redirect(`/sign-in/${c.req.param('uid')}`, 303)
}

/** The answer to an action that could not be read: problem details, or a page for a form. */
export function problemReply(app: AppContext, c: C, why: Refusal) {
  if (c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded'))
    return showPage(app, c, { at: 'error', code: why.code, client: null, detail: null, reference: null }, statusOf(why))
  return problemResponse(app, c, why)
}

const beside = 'answer.'

/**
 * A form's fields as JSON has them. They are flat: all but `challenge` and `revision` are the answer, and beside a
 * name those that say so (`answer.…`).
 */
export function nestedAnswer(fields: Fields): Fields {
  const { challenge, revision, ...rest } = fields
  if (challenge !== undefined) return { challenge, revision, answer: rest }
  const isBeside = ([name]: [string, unknown]) => name.startsWith(beside)
  const answer = Object.entries(fields).filter(isBeside)
  if (answer.length === 0) return fields
  const others = Object.entries(fields).filter((field) => !isBeside(field))
  return {
    ...Object.fromEntries(others),
    answer: Object.fromEntries(answer.map(([name, value]) => [name.slice(beside.length), value])),
  }
}
