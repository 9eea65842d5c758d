import { z } from 'zod'
import type { AppContext } from '../context/app-context.ts'
import type { Interaction } from '../provider/interactions.ts'
import { type ActionOutcome, actionFields, changedOr, refused } from './actions.ts'
import { type DecidedStep, decideNext } from './decide-next.ts'
import { drawChallenge } from './draw-challenge.ts'
import { isFor, optionsFor, type SignInOption } from './options.ts'
import { changeSignIn, type OpenChallenge, type SignIn, type StoredSignIn } from './state.ts'

const challenging = actionFields.extend({ factor: z.string().optional(), authenticator: z.string().optional() })

/** Opens the challenge of the chosen method, or opens it again; without a factor, shows the choice of methods. */
export async function openChallenge(
  app: AppContext,
  interaction: Interaction,
  stored: StoredSignIn,
  fields: unknown,
): Promise<ActionOutcome> {
  const parsed = challenging.safeParse(fields)
  if (!parsed.success) return refused('bad-request')
  if (parsed.data.revision !== stored.revision) return refused('stale')
  const decided = await decideNext(app, interaction, stored)
  if (decided.decision.is !== 'answer') return refused('not-offered')
  const { factor, authenticator = null } = parsed.data
  if (factor === undefined) {
    const choosing: SignIn = { ...stored.signIn, refusal: null, choosing: true }
    return changedOr(await changeSignIn(app.store, interaction.uid, stored, choosing))
  }
  const options = optionsFor(decided.decision, decided.authenticators)
  const option = options.find((one) => one.factor === factor && one.authenticator === authenticator)
  if (!option) return refused('not-offered')
  const signIn: SignIn = { ...stored.signIn, refusal: null, choosing: false }
  const { challenge } = signIn
  // The challenge of the chosen method is still open: nothing is sent nor drawn anew for it.
  if (stored.signIn.choosing && challenge && isFor(option, challenge) && !isOver(challenge, app.now()))
    return changedOr(await changeSignIn(app.store, interaction.uid, stored, signIn))
  return open(app, interaction, { ...stored, signIn }, option)
}

/** Opens the challenge of the only or the usual method, without a choice. Null when another tab was first. */
export async function openNextChallenge(
  app: AppContext,
  interaction: Interaction,
  stored: StoredSignIn,
  decided: DecidedStep,
): Promise<StoredSignIn | null> {
  const option = nextOption(stored.signIn, decided)
  const { challenge } = stored.signIn
  if (!option || (challenge && isFor(option, challenge) && !isOver(challenge, app.now()))) return stored
  const opened = await open(app, interaction, stored, option)
  return 'stored' in opened ? opened.stored : null
}

/** The method that is asked for without a choice: the one that is open already, or the one to begin with. */
export function nextOption(
  { challenge, choosing }: SignIn,
  { decision, authenticators }: DecidedStep,
): SignInOption | undefined {
  if (decision.is !== 'answer' || choosing) return undefined
  const options = optionsFor(decision, authenticators)
  return (challenge && options.find((option) => isFor(option, challenge))) ?? begunWith(options, decision.hasProof)
}

/**
 * The method to begin with: the only one; before the first proof, the policy's first; among authenticators of one
 * factor, the last used. Undefined where the person has to choose.
 */
function begunWith(options: readonly SignInOption[], hasProof: boolean): SignInOption | undefined {
  const [first, ...others] = options
  const isUsual = first?.lastUsedAt != null && others.every(({ factor }) => factor === first.factor)
  return others.length === 0 || !hasProof || isUsual ? first : undefined
}

/** Whether a challenge has to be opened anew: its answer was refused, or too little time is left. */
const isOver = ({ spent, renewAt }: OpenChallenge, now: Date) => spent || (renewAt !== null && renewAt <= now.getTime())

/** The policy's offer that an open challenge answers; undefined where the policy offers it no more. */
export function offerFor({ decision, authenticators }: DecidedStep, challenge: OpenChallenge) {
  if (decision.is === 'identify') return decision.offers.find(({ factor }) => factor === challenge.factor)
  return decision.is === 'answer'
    ? optionsFor(decision, authenticators).find((option) => isFor(option, challenge))?.offer
    : undefined
}

async function open(
  app: AppContext,
  interaction: Interaction,
  stored: StoredSignIn,
  option: SignInOption,
): Promise<ActionOutcome> {
  const drawn = await drawChallenge(app, interaction, stored, option)
  if (!('challenge' in drawn)) return drawn
  const done = await changeSignIn(app.store, interaction.uid, stored, drawn.signIn)
  if (done) await app.store.records.appendAll([drawn.opened])
  const send = done && drawn.send
  // A message cannot be called back: the challenge that it answers is committed before.
  if (send) await app.store.committed()
  const unsent = send && (await send())
  if (!unsent) return changedOr(done)
  // A challenge whose message may still arrive stays open; one whose message was surely not sent was never asked.
  const asked = unsent.perhaps ? done.signIn : drawn.before
  const told = { ...asked, refusal: unsent.why, choosing: true }
  return changedOr(await changeSignIn(app.store, interaction.uid, done, told))
}
