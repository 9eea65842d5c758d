import { randomBytes } from 'node:crypto'
import type { EnrollableFactor } from '#shared/factors/index.ts'
import type { Question } from '#shared/wire/enrolment.ts'
import { isCurrent } from '../clock/instants.ts'
import type { House } from '../context/app-context.ts'
import { doorFor } from '../factors/contract/handoff.ts'
import type { Store } from '../store/store.ts'

/** What was asked, and what its factor remembers of it. */
export interface Open {
  readonly prompt: unknown
  readonly kept: unknown
  readonly here?: true
}

/** An enrolment under way. */
export interface Draft {
  readonly account: string
  readonly factor: EnrollableFactor
  /** What is open, sealed: it may hold the secret that is about to be shared. */
  readonly open: string
  readonly refusals: number
  readonly expiresAt: number
}
export interface KeptDraft {
  readonly id: string
  readonly draft: Draft
  readonly revision: number
}

const kind = 'Enrolment'
const openMs = 15 * 60_000
const rowOf = (id: string, account: string) => [kind, id, account]

export const sealing = ({ drafts }: House, id: string, account: string, { prompt, kept, here }: Open): string =>
  drafts.close({ prompt, kept, ...(here ? { here } : {}) }, rowOf(id, account))
export const opening = ({ drafts }: House, { id, draft }: KeptDraft): Open =>
  drafts.open(draft.open, rowOf(id, draft.account)) as Open

/** What names one question; the next one, also after a refusal, is another one. */
export const questionRow = ({ id, draft, revision }: KeptDraft): readonly string[] => [
  ...rowOf(id, draft.account),
  String(revision),
]

/** The question was the factor's: its prompt is, too. */
export function questionOf(house: House, kept: KeptDraft): Question {
  const { factor } = kept.draft
  const { prompt, here } = opening(house, kept)
  const door = here ? null : doorFor(house, factor, questionRow(kept), '/returned')
  return { factor, prompt, door } as Question
}

export async function addDraft(house: House, account: string, factor: EnrollableFactor, open: Open) {
  const id = randomBytes(16).toString('base64url')
  const expiresAt = house.now().getTime() + openMs
  const draft: Draft = { account, factor, open: sealing(house, id, account, open), refusals: 0, expiresAt }
  await house.store.documents.add(kind, id, draft, expiresAt)
  return { id, draft, revision: 0 }
}

/** Null when there is none, it took too long, or it is somebody else's. */
export async function loadDraft({ store, now }: House, account: string, id: string): Promise<KeptDraft | null> {
  const found = await store.documents.get(kind, id)
  if (!found) return null
  const draft = found.value as unknown as Draft
  const isOpen = isCurrent(draft.expiresAt, now().getTime(), openMs)
  return draft.account === account && isOpen ? { id, draft, revision: found.revision } : null
}

/** Compare-and-set: null when another tab was first. */
export async function changeDraft(store: Store, { id, revision }: KeptDraft, draft: Draft): Promise<KeptDraft | null> {
  const done = await store.documents.replace(kind, id, revision, draft, draft.expiresAt)
  return done ? { id, draft, revision: revision + 1 } : null
}

/** Ends it: false when another tab did. */
export const endDraft = async (store: Store, { id }: KeptDraft): Promise<boolean> =>
  (await store.documents.take(kind, id)) !== null
