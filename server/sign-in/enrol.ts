import { z } from 'zod'
import { enrollableFactors } from '#shared/factors/index.ts'
import type { Next } from '#shared/policy/engine/next.ts'
import type { Question } from '#shared/wire/enrolment.ts'
import type { House } from '../context/app-context.ts'
import { answerEnrolment, beginEnrolment, currentQuestion } from '../enrolment/enrolment.ts'
import type { Waiting } from '../provider/finish.ts'
import type { Store } from '../store/store.ts'
import { bare, changedOr, no, type Outcome, oneMoreOpening } from './desk.ts'
import { judge } from './judge.ts'
import { changeSignIn, type Kept, type SignIn } from './state.ts'

const enrolling = bare.extend({
  factor: z.enum(enrollableFactors).optional(),
  answer: z.unknown().optional(),
  label: z.string().optional(),
})

/** What of an enrol door somebody can do by themselves. */
export const doorways = ({ factors }: Extract<Next, { is: 'enrol' }>) =>
  enrollableFactors.filter((factor) => factors.includes(factor))

/** What is asked for a new authenticator at this moment; null when there is nothing. */
export async function questionOf(house: House, { account, enrolment }: SignIn): Promise<Question | null> {
  const person = account && enrolment ? await house.store.people.get(account) : null
  const open = person && (await currentQuestion(house, person, enrolment))
  return open && ({ factor: open.factor, prompt: open.prompt, door: open.door } as Question)
}

/** On the way through: begins to make an authenticator, or answers what is asked for it. It is asked for after that. */
export async function enrol(house: House, waiting: Waiting, kept: Kept, fields: unknown): Promise<Outcome> {
  const parsed = enrolling.safeParse(fields)
  if (!parsed.success) return no('bad-request')
  if (parsed.data.revision !== kept.revision) return no('stale')
  const { decision } = await judge(house, waiting, kept.signIn)
  const person = kept.signIn.account ? await house.store.people.get(kept.signIn.account) : null
  if (decision.is !== 'enrol' || !person) return no('not-offered')
  const { factor, answer, label } = parsed.data
  if (factor && !doorways(decision).includes(factor)) return no('not-offered')

  // Each beginning is kept for a while, with a secret in it: they are openings like others.
  const opening = factor ? await oneMoreOpening(house, waiting, kept) : kept
  if ('why' in opening) return opening
  const claimed = await changeSignIn(house.store, waiting.uid, kept.revision, opening.signIn)
  if (!claimed) return no('stale')
  const begun = await currentQuestion(house, person, kept.signIn.enrolment)
  // Judged again when it is bound: meanwhile the person may have got something elsewhere, and then a password is not enough.
  const permit = async (store: Store) =>
    (await judge({ ...house, store }, waiting, kept.signIn)).decision.is === 'enrol'
  const view = factor
    ? await beginEnrolment(house, person, factor, kept.signIn.enrolment)
    : begun && (await answerEnrolment(house, person, begun.id, { revision: begun.revision, answer, label }, permit))
  if (!view) return no('bad-request')
  const refusal = view.at === 'asked' ? view.refusal : view.at === 'over' ? ({ code: view.why } as const) : null
  const changed = { ...claimed.signIn, enrolment: view.at === 'asked' ? view.id : null, refusal }
  return changedOr(await changeSignIn(house.store, waiting.uid, claimed.revision, changed))
}
