import type { View } from '#shared/wire/view.ts'

/** The history's state. A sign-in is one entry; the choice of methods is another, so that Back closes the choice. */
interface Entry {
  readonly choosing?: boolean
  /** The fields that ask for the challenge under the choice. */
  readonly under?: object
}

/** Adds an entry when the choice opens, and goes back when a method was chosen. */
export function keepEntry(before: View, next: View): void {
  const entry: Entry | null = history.state
  if (before.at === 'answer' && next.at === 'choose' && !entry?.choosing) {
    keepUnder(before, entry)
    history.pushState({ choosing: true }, '')
  }
  if (before.at === 'choose' && next.at === 'answer' && entry?.choosing) history.back()
}

/** The fields to ask the server with after Back or Forward; null when the entry is shown already. */
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
