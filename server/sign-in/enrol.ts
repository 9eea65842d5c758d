import { z } from 'zod'
import { enrollableFactors } from '#shared/factors/index.ts'
import type { Next } from '#shared/policy/engine/next.ts'
import type { EnrolmentQuestion } from '#shared/wire/enrolment.ts'
import type { AppContext } from '../context/app-context.ts'
import { answerEnrolment, beginEnrolment, currentQuestion } from '../enrolment/enrolment.ts'
import type { Interaction } from '../provider/interactions.ts'
import type { Store } from '../store/store.ts'
import { type ActionOutcome, actionFields, changedOr, oneMoreOpening, refused } from './actions.ts'
import { decideNext } from './decide-next.ts'
import { changeSignIn, type SignIn, type StoredSignIn } from './state.ts'

const enrolling = actionFields.extend({
  factor: z.enum(enrollableFactors).optional(),
  answer: z.unknown().optional(),
  label: z.string().optional(),
})

/** The factors of an `enrol` decision that somebody can enrol by themselves. */
export const doorways = ({ factors }: Extract<Next, { is: 'enrol' }>) =>
  enrollableFactors.filter((factor) => factors.includes(factor))

/** The open question of the sign-in's enrolment; null when there is none. */
export async function openQuestion(app: AppContext, { account, enrolment }: SignIn): Promise<EnrolmentQuestion | null> {
  const person = account && enrolment ? await app.store.people.get(account) : null
  const open = person && (await currentQuestion(app, person, enrolment))
  return open && ({ factor: open.factor, prompt: open.prompt, answerUrl: open.answerUrl } as EnrolmentQuestion)
}

/**
 * Enrols on the way through a sign-in: begins a new authenticator, or answers its open question. The next step asks for
 * the new authenticator.
 */
export async function enrol(
  app: AppContext,
  interaction: Interaction,
  stored: StoredSignIn,
  fields: unknown,
): Promise<ActionOutcome> {
  const parsed = enrolling.safeParse(fields)
  if (!parsed.success) return refused('bad-request')
  if (parsed.data.revision !== stored.revision) return refused('stale')
  const { decision } = await decideNext(app, interaction, stored)
  const person = stored.signIn.account ? await app.store.people.get(stored.signIn.account) : null
  if (decision.is !== 'enrol' || !person) return refused('not-offered')
  const { factor, answer, label } = parsed.data
  if (factor && !doorways(decision).includes(factor)) return refused('not-offered')

  // Each beginning is stored for a while, with a secret in it: it counts as an opening.
  const opening = factor ? await oneMoreOpening(app, interaction, stored) : stored
  if ('why' in opening) return opening
  const claimed = await changeSignIn(app.store, interaction.uid, stored, opening.signIn)
  if (!claimed) return refused('stale')
  const begun = await currentQuestion(app, person, stored.signIn.enrolment)
  // Decided again in the transaction that binds: meanwhile the person may have got another authenticator, and then a
  // password is not enough.
  const permit = async (store: Store) =>
    (await decideNext({ ...app, store }, interaction, stored)).decision.is === 'enrol'
  const view = factor
    ? await beginEnrolment(app, person, factor, stored.signIn.enrolment)
    : begun && (await answerEnrolment(app, person, begun.id, { revision: begun.revision, answer, label }, permit))
  if (!view) return refused('bad-request')
  const refusal = view.at === 'asked' ? view.refusal : view.at === 'over' ? ({ code: view.why } as const) : null
  const changed = { ...claimed.signIn, enrolment: view.at === 'asked' ? view.id : null, refusal }
  return changedOr(await changeSignIn(app.store, interaction.uid, claimed, changed))
}
