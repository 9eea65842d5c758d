import type { Refusal } from '#shared/refusal.ts'
import type { View } from '#shared/wire/view.ts'
import type { Message, Say } from './text.tsx'

/** The heading of a view's page. */
export function headingOf(view: View): Message {
  switch (view.at) {
    case 'identify':
      return 'identify.title'
    case 'answer':
      return `factor.${view.challenge.factor}.title`
    case 'choose':
      return 'choose.title'
    case 'enrol':
      return 'enrol.title'
    case 'account':
      return 'account.title'
    case 'consent':
      return 'consent.title'
    case 'elsewhere':
      return 'elsewhere.title'
    case 'refused':
      return 'refused.title'
    case 'done':
      return 'done.title'
    case 'over':
      return overTexts(view).title
    case 'error':
      if (
        view.code === 'busy' ||
        view.code === 'not-found' ||
        view.code === 'server-fault' ||
        view.code === 'too-many-requests'
      )
        return `error.${view.code}.title`
      return 'error.title'
    case 'sign-out':
      return 'sign-out.title'
    case 'signed-out':
      return view.still ? 'signed-in.title' : 'signed-out.title'
    case 'returning':
      return 'returning.title'
    case 'returned':
      return 'returned.title'
    case 'home':
      return 'home.title'
    case 'bench':
      return 'home.bench-title'
  }
}

/** The texts of a sign-in that is over, by its reason. */
export function overTexts({ why }: Extract<View, { at: 'over' }>): { readonly title: Message; readonly text: Message } {
  if (why === 'cancelled' || why === 'finished') return { title: `over.${why}.title`, text: `over.${why}.text` }
  if (why === 'too-many-refusals') return { title: 'over.too-many.title', text: 'over.too-many.text' }
  if (why === 'too-many-openings') return { title: 'over.too-many.title', text: 'over.too-often.text' }
  return { title: 'over.expired.title', text: 'over.expired.text' }
}

/** The refusal in a view, or null. `stale` does not count: another tab was first, which is nobody's mistake. */
export function mistakeIn(view: View): Refusal | null {
  const refusal = 'refusal' in view ? view.refusal : null
  return refusal?.code === 'stale' ? null : refusal
}

/** The document's title: "Step 2 of 3: App code · Sallyport", with "Error: " in front after a failure. */
export function titleOf(view: View, say: Say): string {
  const doors = 'doors' in view ? view.doors : []
  const step = doors.findIndex(({ state }) => state === 'open') + 1
  const door = doors[step - 1]
  const title =
    door && doors.length > 1
      ? say('title.step', { step, steps: doors.length, title: say(`door.${door.label}`, { of: door.of }) })
      : say('title.page', { title: say(headingOf(view)) })
  return mistakeIn(view) ? say('title.error', { title }) : title
}
