import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Refusal } from '#shared/refusal.ts'
import { canonical } from '#shared/username.ts'
import type { News } from '#shared/wire/view.ts'
import { isCurrent } from '../clock/instants.ts'
import type { House } from '../context/app-context.ts'
import { personOf, rightly } from '../evidence/counting.ts'
import type { Waiting } from '../provider/finish.ts'
import { besideOf, noteBeside } from './beside.ts'
import { beginSignIn, changeSignIn, closingAt, type Kept, keptMs, openMs, type SignIn } from './state.ts'

/** What an action came to: the sign-in as it is now, or a reason that stands beside it. */
export type Outcome = { readonly kept: Kept; readonly news?: News } | { readonly why: Refusal }

export const no = (code: Refusal['code']) => ({ why: { code } }) satisfies Outcome
export const lockedUntil = (instant: number): Refusal => ({ code: 'locked', until: new Date(instant).toISOString() })
export const changedOr = (kept: Kept | null): Outcome => (kept ? { kept } : no('stale'))

const mostRefusals = 20
const mostOpenings = 100
const newRound = () => randomBytes(9).toString('base64url')
/** A number in JSON, digits in a form. */
const revision = z.union([
  z.int(),
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
])
export const bare = z.strictObject({ revision })
const identifying = bare.extend({ username: z.string().max(256) })

/** One opening more, of those that a sign-in has and of those that its address has in a minute; or why there is none. */
export async function oneMoreOpening(
  { store, openings }: House,
  { uid, address }: Waiting,
  { signIn, revision }: Kept,
): Promise<{ readonly signIn: SignIn } | { readonly why: Refusal }> {
  openings.spend(address)
  const counted: SignIn = { ...signIn, openings: signIn.openings + 1 }
  if (counted.openings <= mostOpenings) return { signIn: counted }
  const ended = await changeSignIn(store, uid, revision, counted)
  return no(ended ? 'too-many-openings' : 'stale')
}

/** Begins a sign-in; somebody who is signed in already is named from the start. */
export async function begin(house: House, waiting: Waiting): Promise<Kept> {
  const { store, now } = house
  const { subject, loginHint } = waiting.ask
  const account = waiting.session?.account
  const keptUntil = now().getTime() + keptMs
  const person = account && (subject === null || subject === account) ? await personOf(house, account) : null
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
    policy: waiting.client.policyHash,
    alone: false,
    cancelled: false,
    agreed: false,
    closesAt: closingAt(now().getTime(), keptUntil),
    keptUntil,
    beside: [],
    aside: [],
  }
  const kept = await beginSignIn(store, waiting.uid, { ...signIn, beside: await besideOf(house, waiting, signIn) })
  if (kept.signIn.round === signIn.round) await noteBeside(house, waiting, kept.signIn)
  return kept
}

/** Why this sign-in takes no more answers; null while it does. */
export function closed({ now }: House, { signIn }: Kept): Refusal | null {
  if (signIn.cancelled) return { code: 'cancelled' }
  if (!isCurrent(signIn.closesAt, now().getTime(), openMs)) return { code: 'expired' }
  if (signIn.openings > mostOpenings) return { code: 'too-many-openings' }
  return signIn.refusals >= mostRefusals ? { code: 'too-many-refusals' } : null
}

/** Names the person; says nothing about whether they exist. */
export async function identify(house: House, waiting: Waiting, kept: Kept, fields: unknown): Promise<Outcome> {
  const parsed = identifying.safeParse(fields)
  if (!parsed.success) return no('bad-request')
  if (parsed.data.revision !== kept.revision) return no('stale')
  if (kept.signIn.named) return no('not-offered')
  const username = parsed.data.username.trim()
  const name = canonical(username)
  const found = await rightly(house, name ? await house.store.people.named(name) : null)
  const person = found?.disabled ? null : found
  const changed: SignIn = name
    ? { ...kept.signIn, username, named: true, account: person?.id ?? null, refusal: null, beside: [] }
    : { ...kept.signIn, username, refusal: { code: 'bad-username' } }
  return changedOr(await changeSignIn(house.store, waiting.uid, kept.revision, changed))
}

/** Somebody else: forgets who was named, and what was proven in this sign-in. */
export async function restart(house: House, waiting: Waiting, kept: Kept, fields: unknown): Promise<Outcome> {
  const nobody = { username: '', named: false, account: null, alone: true }
  const blank = {
    ...nobody,
    challenge: null,
    aside: [],
    enrolment: null,
    choosing: false,
    refusal: null,
    round: newRound(),
  }
  const parsed = bare.safeParse(fields)
  if (!parsed.success) return no('bad-request')
  if (parsed.data.revision !== kept.revision) return no('stale')
  // Whoever is to be asked about somebody else's account has said that it is not that one; and allowed nothing.
  const anew = { ...blank, agreed: waiting.consenting === null }
  const beside = await besideOf(house, waiting, { ...kept.signIn, ...anew })
  // What is offered beside the question is opened anew, and written down.
  const opening = beside.length > 0 ? await oneMoreOpening(house, waiting, kept) : kept
  if ('why' in opening) return opening
  const changed: SignIn = { ...opening.signIn, ...anew, beside }
  const done = await changeSignIn(house.store, waiting.uid, kept.revision, changed)
  if (done) await noteBeside(house, waiting, changed)
  return changedOr(done)
}

/** It is this account; or: the relying party may know it. */
export async function agree({ store }: House, { uid }: Waiting, kept: Kept, fields: unknown): Promise<Outcome> {
  const parsed = bare.safeParse(fields)
  if (!parsed.success) return no('bad-request')
  if (parsed.data.revision !== kept.revision) return no('stale')
  return changedOr(await changeSignIn(store, uid, kept.revision, { ...kept.signIn, agreed: true }))
}

/** The person does not want to go on. Nothing is answered here from now on. */
export async function cancel({ store }: House, { uid }: Waiting, kept: Kept, fields: unknown): Promise<Outcome> {
  if (!bare.safeParse(fields).success) return no('bad-request')
  return changedOr(await changeSignIn(store, uid, kept.revision, { ...kept.signIn, cancelled: true }))
}

/** Another quarter of an hour, as often as somebody asks for it within the engine's hour (WCAG 2.2.1). */
export async function extend({ store, now }: House, { uid }: Waiting, kept: Kept, fields: unknown): Promise<Outcome> {
  if (!bare.safeParse(fields).success) return no('bad-request')
  const closesAt = closingAt(now().getTime(), kept.signIn.keptUntil)
  return changedOr(await changeSignIn(store, uid, kept.revision, { ...kept.signIn, closesAt }))
}
