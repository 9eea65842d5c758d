import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Refusal } from '#shared/refusal.ts'
import { canonical } from '#shared/username.ts'
import type { News } from '#shared/wire/view.ts'
import { isCurrent } from '../clock/instants.ts'
import type { AppContext } from '../context/app-context.ts'
import { personOf, withBoundedEpoch } from '../evidence/counting.ts'
import type { Interaction } from '../provider/interactions.ts'
import { beginSignIn, changeSignIn, closingAt, openMs, type SignIn, type StoredSignIn, storedMs } from './state.ts'
import { openUsernameless, recordUsernameless } from './usernameless.ts'

/** The result of an action: the sign-in as it is now; or a refusal, shown beside the sign-in as it is. */
export type ActionOutcome = { readonly stored: StoredSignIn; readonly news?: News } | { readonly why: Refusal }

export const refused = (code: Refusal['code']) => ({ why: { code } }) satisfies ActionOutcome
export const lockedFor = (instant: number): Refusal => ({ code: 'locked', until: new Date(instant).toISOString() })
export const changedOr = (stored: StoredSignIn | null): ActionOutcome => (stored ? { stored } : refused('stale'))

const mostRefusals = 20
const mostOpenings = 100
const newRound = () => randomBytes(9).toString('base64url')
/** A revision: a number in JSON, digits in a form. */
const revision = z.union([
  z.int(),
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
])
export const actionFields = z.strictObject({ revision })
const identifying = actionFields.extend({ username: z.string().max(256) })

/**
 * Charges one opening to the sign-in and to the address's budget of a minute. Refused, and the sign-in over, when it
 * has had too many.
 */
export async function oneMoreOpening(
  { store, openings }: AppContext,
  { uid, address }: Interaction,
  { signIn, revision }: StoredSignIn,
): Promise<{ readonly signIn: SignIn } | { readonly why: Refusal }> {
  openings.spend(address)
  const counted: SignIn = { ...signIn, openings: signIn.openings + 1 }
  if (counted.openings <= mostOpenings) return { signIn: counted }
  const ended = await changeSignIn(store, uid, revision, counted)
  return refused(ended ? 'too-many-openings' : 'stale')
}

/** Begins a sign-in; somebody who is signed in already is named from the start. */
export async function beginFor(app: AppContext, interaction: Interaction): Promise<StoredSignIn> {
  const { store, now } = app
  const { subject, loginHint } = interaction.request
  const account = interaction.session?.account
  const keptUntil = now().getTime() + storedMs
  const person = account && (subject === null || subject === account) ? await personOf(app, account) : null
  const known = person?.disabled ? null : person
  const signIn: SignIn = {
    username: known?.username ?? loginHint ?? '',
    named: known !== null,
    account: known?.id ?? null,
    challenge: null,
    enrolment: null,
    choosing: false,
    refusal: null,
    refusals: 0,
    openings: 0,
    round: newRound(),
    rulesHash: interaction.client.rulesHash,
    alone: false,
    cancelled: false,
    agreed: false,
    closesAt: closingAt(now().getTime(), keptUntil),
    keptUntil,
    usernameless: [],
    sentChallenges: [],
  }
  const stored = await beginSignIn(store, interaction.uid, {
    ...signIn,
    usernameless: await openUsernameless(app, interaction, signIn),
  })
  if (stored.signIn.round === signIn.round) await recordUsernameless(app, interaction, stored.signIn)
  return stored
}

/** Why this sign-in takes no more answers; null while it does. */
export function whyClosed({ now }: AppContext, { signIn }: StoredSignIn): Refusal | null {
  if (signIn.cancelled) return { code: 'cancelled' }
  if (!isCurrent(signIn.closesAt, now().getTime(), openMs)) return { code: 'expired' }
  if (signIn.openings > mostOpenings) return { code: 'too-many-openings' }
  return signIn.refusals >= mostRefusals ? { code: 'too-many-refusals' } : null
}

/** Names the person, without telling whether they exist. */
export async function identify(
  app: AppContext,
  interaction: Interaction,
  stored: StoredSignIn,
  fields: unknown,
): Promise<ActionOutcome> {
  const parsed = identifying.safeParse(fields)
  if (!parsed.success) return refused('bad-request')
  if (parsed.data.revision !== stored.revision) return refused('stale')
  if (stored.signIn.named) return refused('not-offered')
  const username = parsed.data.username.trim()
  const name = canonical(username)
  const found = await withBoundedEpoch(app, name ? await app.store.people.byName(name) : null)
  const person = found?.disabled ? null : found
  const changed: SignIn = name
    ? { ...stored.signIn, username, named: true, account: person?.id ?? null, refusal: null, usernameless: [] }
    : { ...stored.signIn, username, refusal: { code: 'bad-username' } }
  return changedOr(await changeSignIn(app.store, interaction.uid, stored.revision, changed))
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
  const usernameless = await openUsernameless(app, interaction, { ...stored.signIn, ...anew })
  // Usernameless challenges are opened anew and recorded, which costs an opening.
  const opening = usernameless.length > 0 ? await oneMoreOpening(app, interaction, stored) : stored
  if ('why' in opening) return opening
  const changed: SignIn = { ...opening.signIn, ...anew, usernameless }
  const done = await changeSignIn(app.store, interaction.uid, stored.revision, changed)
  if (done) await recordUsernameless(app, interaction, changed)
  return changedOr(done)
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
  return changedOr(await changeSignIn(store, uid, stored.revision, { ...stored.signIn, agreed: true }))
}

/** Cancels the sign-in: from now on it takes no answers. */
export async function cancel(
  { store }: AppContext,
  { uid }: Interaction,
  stored: StoredSignIn,
  fields: unknown,
): Promise<ActionOutcome> {
  if (!actionFields.safeParse(fields).success) return refused('bad-request')
  return changedOr(await changeSignIn(store, uid, stored.revision, { ...stored.signIn, cancelled: true }))
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
  return changedOr(await changeSignIn(store, uid, stored.revision, { ...stored.signIn, closesAt }))
}
