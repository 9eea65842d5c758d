import { z } from 'zod'
import type { Refusal } from '#shared/refusal.ts'
import type { News } from '#shared/wire/view.ts'
import { isCurrent } from '../clock/instants.ts'
import type { AppContext } from '../context/app-context.ts'
import type { Interaction } from '../provider/interactions.ts'
import { changeSignIn, closingAt, newRound, openMs, type SignIn, type StoredSignIn } from './state.ts'
import { openUsernameless, recordUsernameless } from './usernameless.ts'

/** The result of an action: the sign-in as it is now; or a refusal, shown beside the sign-in as it is. */
export type ActionOutcome = { readonly stored: StoredSignIn; readonly news?: News } | { readonly why: Refusal }

export const refused = (code: Refusal['code']) => ({ why: { code } }) satisfies ActionOutcome
export const lockedFor = (instant: number): Refusal => ({ code: 'locked', until: new Date(instant).toISOString() })
export const changedOr = (stored: StoredSignIn | null): ActionOutcome => (stored ? { stored } : refused('stale'))

const mostRefusals = 20
const mostOpenings = 100
/** A revision: a number in JSON, digits in a form. */
const revision = z.union([
  z.int(),
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
])
export const actionFields = z.strictObject({ revision })

/**
 * Charges one opening to the sign-in and to the address's budget of a minute. Refused, and the sign-in over, when it
 * has had too many.
 */
export async function oneMoreOpening(
  { store, openings }: AppContext,
  { uid, address }: Interaction,
  stored: StoredSignIn,
): Promise<{ readonly signIn: SignIn } | { readonly why: Refusal }> {
  openings.spend(address)
  const { signIn } = stored
  const counted: SignIn = { ...signIn, openings: signIn.openings + 1 }
  if (counted.openings <= mostOpenings) return { signIn: counted }
  const ended = await changeSignIn(store, uid, stored, counted)
  return refused(ended ? 'too-many-openings' : 'stale')
}

/** Why this sign-in takes no more answers; null while it does. */
export function whyClosed({ now }: AppContext, { signIn }: StoredSignIn): Refusal | null {
  if (signIn.cancelled) return { code: 'cancelled' }
  if (!isCurrent(signIn.closesAt, now().getTime(), openMs)) return { code: 'expired' }
  if (signIn.openings > mostOpenings) return { code: 'too-many-openings' }
  return signIn.refusals >= mostRefusals ? { code: 'too-many-refusals' } : null
}

/** Starts over for somebody else: forgets who was named, and what was proven in this sign-in. */
export async function restart(
  app: AppContext,
  interaction: Interaction,
  stored: StoredSignIn,
  fields: unknown,
): Promise<ActionOutcome> {
  const nobody = { username: '', named: false, account: null, alone: true }
  const blank = {
    ...nobody,
    challenge: null,
    sentChallenges: [],
    enrolment: null,
    choosing: false,
    refusal: null,
    round: newRound(),
  } satisfies Partial<SignIn>
  const parsed = actionFields.safeParse(fields)
  if (!parsed.success) return refused('bad-request')
  if (parsed.data.revision !== stored.revision) return refused('stale')
  // A restart answers which account it is (another one), and consents to nothing.
  const anew = { ...blank, agreed: interaction.consenting === null }
  const begun = { signIn: { ...stored.signIn, ...anew }, evidence: [] }
  const usernameless = await openUsernameless(app, interaction, begun)
  // Usernameless challenges are opened anew and recorded, which costs an opening.
  const opening = usernameless.length > 0 ? await oneMoreOpening(app, interaction, stored) : stored
  if ('why' in opening) return opening
  const changed: SignIn = { ...opening.signIn, ...anew, usernameless }
  const done = await changeSignIn(app.store, interaction.uid, stored, changed)
  if (done) await recordUsernameless(app, interaction, changed)
  return changedOr(done && { ...done, evidence: [] })
}

/** Confirms the account, or consents to what the relying party may know. */
export async function agree(
  { store }: AppContext,
  { uid }: Interaction,
  stored: StoredSignIn,
  fields: unknown,
): Promise<ActionOutcome> {
  const parsed = actionFields.safeParse(fields)
  if (!parsed.success) return refused('bad-request')
  if (parsed.data.revision !== stored.revision) return refused('stale')
  return changedOr(await changeSignIn(store, uid, stored, { ...stored.signIn, agreed: true }))
}

/** Cancels the sign-in: from now on it takes no answers. */
export async function cancel(
  { store }: AppContext,
  { uid }: Interaction,
  stored: StoredSignIn,
  fields: unknown,
): Promise<ActionOutcome> {
  if (!actionFields.safeParse(fields).success) return refused('bad-request')
  return changedOr(await changeSignIn(store, uid, stored, { ...stored.signIn, cancelled: true }))
}

/** Extends the sign-in by a quarter of an hour, as often as the person asks within the engine's hour (WCAG 2.2.1). */
export async function extend(
  { store, now }: AppContext,
  { uid }: Interaction,
  stored: StoredSignIn,
  fields: unknown,
): Promise<ActionOutcome> {
  if (!actionFields.safeParse(fields).success) return refused('bad-request')
  const closesAt = closingAt(now().getTime(), stored.signIn.keptUntil)
  return changedOr(await changeSignIn(store, uid, stored, { ...stored.signIn, closesAt }))
}
