import { randomBytes } from 'node:crypto'
import type { EnrollableFactor } from '#shared/factors/index.ts'
import type { EnrolmentQuestion } from '#shared/wire/enrolment.ts'
import { isCurrent } from '../clock/instants.ts'
import type { AppContext } from '../context/app-context.ts'
import { answerUrlFor } from '../factors/contract/handoff.ts'
import type { Store } from '../store/store.ts'

/** An open question, and its factor's state. */
export interface Open {
  readonly prompt: unknown
  readonly state: unknown
  readonly here?: true
}

/** An enrolment under way. */
export interface PendingEnrolment {
  readonly account: string
  readonly factor: EnrollableFactor
  /** The open question, sealed: it may hold the secret that is about to be shared. */
  readonly open: string
  readonly refusals: number
  readonly expiresAt: number
}
export interface StoredEnrolment {
  readonly id: string
  readonly pending: PendingEnrolment
  readonly revision: number
}

const kind = 'Enrolment'
const openMs = 15 * 60_000
const rowOf = (id: string, account: string) => [kind, id, account]

/** Encrypts a question for its enrolment and account alone. */
export const sealQuestion = (
  { challengeSeal }: AppContext,
  id: string,
  account: string,
  { prompt, state, here }: Open,
): string => challengeSeal.close({ prompt, state, ...(here ? { here } : {}) }, rowOf(id, account))
/** Decrypts the open question. Its `state` was named `kept` in questions sealed by earlier versions. */
export function openQuestionIn({ challengeSeal }: AppContext, { id, pending }: StoredEnrolment): Open {
  const { kept, ...open } = challengeSeal.open(pending.open, rowOf(id, pending.account)) as Open & { kept?: unknown }
  return 'state' in open ? open : { ...(open as Open), state: kept }
}

/** The row of one question, which tickets are bound to: the next question, also after a refusal, has another. */
export const questionRow = ({ id, pending, revision }: StoredEnrolment): readonly string[] => [
  ...rowOf(id, pending.account),
  String(revision),
]

/** The open question as the browser is shown it. The prompt is of the enrolment's factor, hence the cast. */
export function questionOf(app: AppContext, stored: StoredEnrolment): EnrolmentQuestion {
  const { factor } = stored.pending
  const { prompt, here } = openQuestionIn(app, stored)
  const answerUrl = here ? null : answerUrlFor(app, factor, questionRow(stored), '/returned')
  return { factor, prompt, answerUrl } as EnrolmentQuestion
}

/** Stores a new enrolment, which is open for a quarter of an hour. */
export async function addEnrolment(app: AppContext, account: string, factor: EnrollableFactor, open: Open) {
  const id = randomBytes(16).toString('base64url')
  const expiresAt = app.now().getTime() + openMs
  const pending: PendingEnrolment = {
    account,
    factor,
    open: sealQuestion(app, id, account, open),
    refusals: 0,
    expiresAt,
  }
  await app.store.documents.add(kind, id, pending, expiresAt)
  return { id, pending, revision: 0 }
}

/** Loads an enrolment; null for none, for one that is too old, and for one of another account. */
export async function loadEnrolment(
  { store, now }: AppContext,
  account: string,
  id: string,
): Promise<StoredEnrolment | null> {
  const found = await store.documents.get(kind, id)
  if (!found) return null
  const pending = found.value as unknown as PendingEnrolment
  const isOpen = isCurrent(pending.expiresAt, now().getTime(), openMs)
  return pending.account === account && isOpen ? { id, pending, revision: found.revision } : null
}

/** Replaces an enrolment by compare-and-set: null when another tab was first. */
export async function changeEnrolment(
  store: Store,
  { id, revision }: StoredEnrolment,
  pending: PendingEnrolment,
): Promise<StoredEnrolment | null> {
  const done = await store.documents.replace(kind, id, revision, pending, pending.expiresAt)
  return done ? { id, pending, revision: revision + 1 } : null
}

/** Ends an enrolment; false when another tab has ended the enrolment already. */
export const endEnrolment = async (store: Store, { id }: StoredEnrolment): Promise<boolean> =>
  (await store.documents.take(kind, id)) !== null
