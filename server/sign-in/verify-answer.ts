import { z } from 'zod'
import { type BuiltFactor, contracts } from '#shared/factors/index.ts'
import { traitsOf } from '#shared/factors/table.ts'
import type { AppContext } from '../context/app-context.ts'
import type { Factor } from '../factors/contract/factor.ts'
import { returnedAnswer } from '../factors/contract/handoff.ts'
import { factors } from '../factors/registry.ts'
import type { Interaction } from '../provider/interactions.ts'
import { type ActionOutcome, actionFields, refused } from './actions.ts'
import { decideNext } from './decide-next.ts'
import { judgeAnswer } from './judge-answer.ts'
import { offerFor } from './open-challenge.ts'
import { isTooEarly, withoutWait } from './pending.ts'
import { rowOf, type StoredSignIn } from './state.ts'

const answering = actionFields.extend({ challenge: z.string(), answer: z.unknown() })

/** Verifies an answer to an open challenge, into evidence, another question or a refusal. */
export async function verifyAnswer(
  app: AppContext,
  interaction: Interaction,
  stored: StoredSignIn,
  fields: unknown,
): Promise<ActionOutcome> {
  const parsed = answering.safeParse(fields)
  if (!parsed.success) return refused('bad-request')
  const { usernameless, challenge: asked } = stored.signIn
  const answered = usernameless.find(({ id }) => id === parsed.data.challenge) ?? asked ?? usernameless[0]
  if (!answered) return refused('not-offered')
  const decided = await decideNext(app, interaction, stored)
  const offer = offerFor(decided, answered)
  if (!offer) return refused('not-offered')
  const isOpen = parsed.data.challenge === answered.id && !answered.spent
  if (isOpen && (await isTooEarly(app, interaction, answered))) return { stored }
  if (parsed.data.revision !== stored.revision || !isOpen) return refused('stale')
  const challenge = withoutWait(answered)
  const factor: Factor<BuiltFactor, unknown> = factors[challenge.factor]
  const row = rowOf(interaction.uid, challenge.id)
  const given = traitsOf(factor.contract.id).elsewhere
    ? returnedAnswer(app, row, parsed.data.answer)
    : parsed.data.answer
  const answer = contracts[challenge.factor].challenge.answer.safeParse(given)
  if (!answer.success) return refused('bad-request')
  const known = { ...stored, evidence: decided.evidence }
  return judgeAnswer(app, interaction, known, { challenge, offer, answer: answer.data, opened: [] })
}
