import type { View } from '#shared/wire/view.ts'

/** A sign-in is one entry of the history; the choice that somebody asks for is one of its own, so that Back closes it. */
interface Entry {
  readonly choosing?: boolean
  /** What is open under the choice: the fields that ask for it. */
  readonly under?: object
}

/** The choice was opened, or something was chosen in it. */
export function keepEntry(before: View, next: View): void {
  const entry: Entry | null = history.state
  if (before.at === 'answer' && next.at === 'choose' && !entry?.choosing) {
    keepUnder(before, entry)
    history.pushState({ choosing: true }, '')
  }
  if (before.at === 'choose' && next.at === 'answer' && entry?.choosing) history.back()
}

/** Where Back or Forward leads to: what to ask the server for; null when this is shown already. */
export function entryFields(view: View, entry: Entry | null): object | null {
  if (view.at === 'choose') return entry?.under ?? null
  if (view.at !== 'answer') return null
  if (entry?.choosing) return {}
  keepUnder(view, entry)
  return null
}

function keepUnder({ challenge: { factor, authenticator } }: Extract<View, { at: 'answer' }>, entry: Entry | null) {
  history.replaceState({ ...entry, under: { factor, ...(authenticator ? { authenticator } : {}) } }, '')
}
