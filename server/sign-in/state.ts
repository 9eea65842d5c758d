import { randomBytes } from 'node:crypto'
import type { BuiltFactor } from '#shared/factors/index.ts'
import type { Refusal } from '#shared/refusal.ts'
import type { Challenge } from '#shared/wire/view.ts'
import type { AppContext } from '../context/app-context.ts'
import type { Opened } from '../factors/contract/factor.ts'
import { answerUrlFor } from '../factors/contract/handoff.ts'
import { type Interaction, interactionMs } from '../provider/interactions.ts'
import { signInName } from '../store/sign-in-name.ts'
import type { Document, Store } from '../store/store.ts'

/** What is remembered of a challenge, besides what the browser is told. */
interface Remembered {
  /** Sealed: it may be a code that was sent. */
  readonly state: string
  /** It served once, and was refused: it is opened anew before it is shown again. */
  readonly spent: boolean
  /** From then on it is opened anew, too (epoch milliseconds); null when it lasts. */
  readonly renewAt: number | null
  /** An answer to it is pending: from then on it is judged again (epoch milliseconds). */
  readonly askAgainAt?: number
}
type WithoutTime<C> = C extends Challenge ? Omit<C, 'renewInMs' | 'pending'> : never
/** A challenge as it is kept until it is answered. */
export type OpenChallenge = WithoutTime<Challenge> & Remembered

/** A sign-in under way, besides what was proven in it (which stands in the log). */
export interface SignIn {
  /** As typed, or as the session or the hint has it. */
  readonly username: string
  readonly named: boolean
  /** Null also when nobody of that name exists: nothing that is shown may depend on it before the first proof. */
  readonly account: string | null
  readonly challenge: OpenChallenge | null
  /** What may be answered while nobody is named; none of it was ever answered. */
  readonly usernameless: readonly OpenChallenge[]
  /** What went out to the person before they chose another way: coming back to that one sends nothing else. */
  readonly sentChallenges: readonly OpenChallenge[]
  /** The enrolment that is open, on the way through. */
  readonly enrolment: string | null
  /** The person wants to choose another way. */
  readonly choosing: boolean
  readonly refusal: Refusal | null
  /** How many answers were refused; too many end the sign-in. */
  readonly refusals: number
  /** How many challenges were opened, each of which is written down; too many end the sign-in. */
  readonly openings: number
  /** A new one at each restart: what was proven before one is not evidence after it. */
  readonly round: string
  /** The hash of the policy that it began with, which judges it to the end; none in one of before that was kept. */
  readonly policy?: string
  /** The person wants to go on here, though somebody has signed in in another tab. */
  readonly alone: boolean
  readonly cancelled: boolean
  /** The person has said yes to what this sign-in asks besides proofs: which account, or what may be known. */
  readonly agreed: boolean
  readonly closesAt: number
  /** The row outlives the engine's interaction, so that a sign-in can never begin twice. */
  readonly keptUntil: number
}

export interface StoredSignIn {
  readonly signIn: SignIn
  readonly revision: number
}

/** The name under which the log keeps what is proven in this round of this sign-in. */
export const evidenceKey = (uid: string, { round }: Pick<SignIn, 'round'>): string => signInName(uid, round)

export const openMs = 15 * 60_000
const spareMs = 5 * 60_000
export const storedMs = interactionMs + spareMs
/** A quarter of an hour from now, or when the engine forgets the authorization, whichever comes first. */
export const closingAt = (now: number, keptUntil: number): number => Math.min(now + openMs, keptUntil - spareMs)
const kind = 'SignIn'

export async function loadSignIn(store: Store, uid: string): Promise<StoredSignIn | null> {
  const found = await store.documents.get(kind, uid)
  return found ? { signIn: readSignIn(found.value), revision: found.revision } : null
}

/** Sign-ins that were under way while their fields had other names: `beside`, `aside`, and of a challenge `kept` and `door`. */
function readSignIn(value: Document['value']): SignIn {
  const { beside, aside, challenge, ...rest } = value as unknown as SignIn & Record<'beside' | 'aside', unknown>
  const read = (all: unknown) => (Array.isArray(all) ? all.map(readChallenge) : [])
  return {
    ...rest,
    challenge: challenge && readChallenge(challenge),
    usernameless: read(rest.usernameless ?? beside),
    sentChallenges: read(rest.sentChallenges ?? aside),
  }
}

function readChallenge(stored: unknown): OpenChallenge {
  const {
    kept,
    door = null,
    ...rest
  } = stored as OpenChallenge & { readonly kept?: string; readonly door?: string | null }
  return { ...rest, state: rest.state ?? kept, answerUrl: rest.answerUrl ?? door } as OpenChallenge
}

/** Begins it once; a second tab gets the first one's. */
export async function beginSignIn(store: Store, uid: string, signIn: SignIn): Promise<StoredSignIn> {
  await store.documents.add(kind, uid, signIn, signIn.keptUntil)
  const stored = await loadSignIn(store, uid)
  if (!stored) throw new Error('A sign-in vanished while it began.')
  return stored
}

/** What names one challenge of one sign-in. */
export const rowOf = (uid: string, id: string): readonly string[] => [kind, uid, id]
/** What its factor remembers of a challenge: bound to it, and to this sign-in. */
export const openSealedState = (
  { challengeSeal }: AppContext,
  uid: string,
  { id, state }: Pick<OpenChallenge, 'id' | 'state'>,
) => challengeSeal.open(state, rowOf(uid, id))

/** A challenge that its factor has just opened, as it is kept. The prompt is the factor's. */
export function sealChallenge(
  app: AppContext,
  uid: string,
  whose: Pick<OpenChallenge, 'factor' | 'authenticator'>,
  { prompt, state, renewAt }: Opened<BuiltFactor, unknown>,
): OpenChallenge {
  const id = randomBytes(16).toString('base64url')
  const row = rowOf(uid, id)
  const answerUrl = answerUrlFor(app, whose.factor, row, `/sign-in/${uid}`)
  const remembered = { state: app.challengeSeal.close(state, row), spent: false, renewAt: renewAt?.getTime() ?? null }
  return { ...whose, ...remembered, id, prompt, answerUrl } as OpenChallenge
}

/** Compare-and-set: null when another tab was first. */
export async function changeSignIn(
  store: Store,
  uid: string,
  revision: number,
  signIn: SignIn,
): Promise<StoredSignIn | null> {
  const done = await store.documents.replace(kind, uid, revision, signIn, signIn.keptUntil)
  return done ? { signIn, revision: revision + 1 } : null
}

/** What is written of every challenge. */
export const auditFields = ({ uid, run, client, address }: Interaction, signIn: SignIn) => ({
  run,
  signIn: evidenceKey(uid, signIn),
  account: signIn.account,
  client: client.client_id,
  policy: client.policyHash,
  where: address,
})
