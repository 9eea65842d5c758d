import { z } from 'zod'
import { contracts } from '#shared/factors/index.ts'
import { canonical } from '#shared/username.ts'
import type { AppContext } from '../context/app-context.ts'
import { withBoundedEpoch } from '../evidence/counting.ts'
import { factors } from '../factors/registry.ts'
import type { Interaction } from '../provider/interactions.ts'
import type { Person } from '../store/store.ts'
import { type ActionOutcome, actionFields, changedOr, refused } from './actions.ts'
import { confirmationOf } from './confirmation.ts'
import { decideNext } from './decide-next.ts'
import { drawChallenge } from './draw-challenge.ts'
import { judgeAnswer } from './judge-answer.ts'
import { nextOption } from './open-challenge.ts'
import { changeSignIn, type SignIn, type StoredSignIn } from './state.ts'

const identifying = actionFields.extend({
  username: z.string().max(256),
  /** The answer to the first question, as a password manager filled it. A form sends its empty fields, too. */
  answer: z.record(z.string(), z.unknown()).optional(),
})
type Given = Readonly<Record<string, unknown>>
const isEmpty = (answer: Given) => Object.values(answer).every((value) => value === '')

/** Whether somebody has signed in in another tab meanwhile, which is told before anything is asked. */
type Elsewhere = (interaction: Interaction, named: StoredSignIn) => Promise<Person | null>

/** Names the person, without telling whether they exist; an answer that came with the name is verified at once. */
export async function identify(
  app: AppContext,
  interaction: Interaction,
  stored: StoredSignIn,
  fields: unknown,
  elsewhere: Elsewhere,
): Promise<ActionOutcome> {
  const parsed = identifying.safeParse(fields)
  if (!parsed.success) return refused('bad-request')
  if (parsed.data.revision !== stored.revision) return refused('stale')
  if (stored.signIn.named) return refused('not-offered')
  const { answer } = parsed.data
  const username = parsed.data.username.trim()
  const name = canonical(username)
  const found = await withBoundedEpoch(app, name ? await app.store.people.byName(name) : null)
  const person = found?.disabled ? null : found
  const changed: SignIn = name
    ? { ...stored.signIn, username, named: true, account: person?.id ?? null, refusal: null, usernameless: [] }
    : { ...stored.signIn, username, refusal: { code: 'bad-username' } }
  const named = { ...stored, signIn: changed }
  const outcome =
    name && answer && !isEmpty(answer) ? await answerAtOnce(app, interaction, named, answer, elsewhere) : null
  return outcome ?? changedOr(await changeSignIn(app.store, interaction.uid, stored, changed))
}

/**
 * Opens the question that the page would show next, and verifies the answer to it: both are stored with the name, by the
 * answer's claim. Null where the page would show anything but a question that is answered with the name: then the
 * answer is dropped unread.
 */
async function answerAtOnce(
  app: AppContext,
  interaction: Interaction,
  named: StoredSignIn,
  given: Given,
  elsewhere: Elsewhere,
): Promise<ActionOutcome | null> {
  if (await confirmationOf(app, interaction, named)) return null
  const option = nextOption(named.signIn, await decideNext(app, interaction, named))
  if (!option || !factors[option.factor].answeredWithName) return null
  const answer = contracts[option.factor].challenge.answer.safeParse(given)
  if (!answer.success || (await elsewhere(interaction, named))) return null
  const drawn = await drawChallenge(app, interaction, named, option)
  if (!('challenge' in drawn)) return drawn
  const { challenge, opened } = drawn
  const asked = { ...named, signIn: drawn.signIn }
  return judgeAnswer(app, interaction, asked, { challenge, offer: option.offer, answer: answer.data, opened: [opened] })
}
