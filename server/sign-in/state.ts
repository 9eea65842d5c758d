import { randomBytes } from 'node:crypto'
import type { BuiltFactor } from '#shared/factors/index.ts'
import type { Refusal } from '#shared/refusal.ts'
import type { Challenge } from '#shared/wire/view.ts'
import type { AppContext } from '../context/app-context.ts'
import type { Opened } from '../factors/contract/factor.ts'
import { answerUrlFor } from '../factors/contract/handoff.ts'
import { type Interaction, interactionMs } from '../provider/interactions.ts'
import { signInName } from '../store/sign-in-name.ts'
import type { Document, ProvenEvidence, Store } from '../store/store.ts'

/** The part of a challenge that the browser is not told. */
interface Remembered {
  /** The factor's state of the challenge, sealed: it may hold a code that was sent. */
  readonly state: string
  /** A single-use challenge whose answer was refused: a new one is opened before the next view. */
  readonly spent: boolean
  /** When the challenge is opened anew in any case (epoch milliseconds); null when it lasts. */
  readonly renewAt: number | null
  /** For a pending answer: when the answer is verified again (epoch milliseconds). */
  readonly askAgainAt?: number
}
type WithoutTime<C> = C extends Challenge ? Omit<C, 'renewInMs' | 'pending'> : never
/** A challenge as it is stored until it is answered. */
export type OpenChallenge = WithoutTime<Challenge> & Remembered

/** A sign-in under way, without its evidence, which is in the log. */
export interface SignIn {
  /** The username as typed, or as the session or `login_hint` has it. */
  readonly username: string
  readonly named: boolean
  /**
   * The account id; null also when nobody has that username. Nothing that is shown before the first proof may depend on
   * the account.
   */
  readonly account: string | null
  readonly challenge: OpenChallenge | null
  /**
   * Usernameless challenges (passkey, smartcard) offered with the name field. Each is answered at most once and then
   * replaced.
   */
  readonly usernameless: readonly OpenChallenge[]
  /**
   * Challenges whose message was already sent. Choosing such a method again reuses the code instead of sending another
   * message.
   */
  readonly sentChallenges: readonly OpenChallenge[]
  /** The id of the open enrolment, on the way through the sign-in. */
  readonly enrolment: string | null
  /** The person wants to choose another method. */
  readonly choosing: boolean
  readonly refusal: Refusal | null
  /** How many answers were refused; too many end the sign-in. */
  readonly refusals: number
  /** How many challenges were opened, each of which is written down; too many end the sign-in. */
  readonly openings: number
  /** A random id, new at each restart: what was proven before a restart is no evidence after it. */
  readonly round: string
  /** The hash of the rules that the sign-in began with, which decide to the end. Absent in rows before this field. */
  readonly rulesHash?: string
  /** The person wants to go on here, though somebody has signed in in another tab. */
  readonly alone: boolean
  readonly cancelled: boolean
  /** The person has said yes to what this sign-in asks besides proofs: which account, or what may be known. */
  readonly agreed: boolean
  /**
   * The sign-in's revision when its row was made: 1 where its first change made the row, 0 where challenges were opened
   * before. Absent in rows before this field: 0.
   */
  readonly firstRevision?: 0 | 1
  /** When the sign-in stops taking answers (epoch milliseconds). */
  readonly closesAt: number
  /**
   * When the row may go (epoch milliseconds): later than the engine's interaction, so that a sign-in can never begin
   * twice.
   */
  readonly keptUntil: number
}

/** A sign-in with the revision that the next change must name. At revision 0 it may have no row yet. */
export interface StoredSignIn {
  readonly signIn: SignIn
  readonly revision: number
  /**
   * What was proven in this round, oldest first; null where it was not read. It belongs to the revision: a proof is
   * written together with the next one, or not at all.
   */
  readonly evidence: readonly ProvenEvidence[] | null
}

/** A new round, whose evidence nobody has yet. */
export const newRound = () => randomBytes(9).toString('base64url')

/** The key under which the log has the evidence of this round of this sign-in. */
export const evidenceKey = (uid: string, { round }: Pick<SignIn, 'round'>): string => signInName(uid, round)

export const openMs = 15 * 60_000
const spareMs = 5 * 60_000
export const storedMs = interactionMs + spareMs
/**
 * When a sign-in closes (epoch milliseconds): in a quarter of an hour, or when the engine forgets the interaction,
 * whichever comes first.
 */
export const closingAt = (now: number, keptUntil: number): number => Math.min(now + openMs, keptUntil - spareMs)
const kind = 'SignIn'

/** Reads a sign-in and its interaction at once, both of which every request of a sign-in asks for. */
export const prefetchSignIn = (store: Store, uid: string): Promise<void> =>
  store.documents.prefetch([
    ['Interaction', uid],
    [kind, uid],
  ])

/** Loads a sign-in; null when the interaction has none. */
export async function loadSignIn(store: Store, uid: string): Promise<StoredSignIn | null> {
  const found = await store.documents.get(kind, uid)
  if (!found) return null
  const signIn = readSignIn(found.value)
  // Whoever has proven something is named, and a restart begins another round.
  return { signIn, revision: found.revision + (signIn.firstRevision ?? 0), evidence: signIn.named ? null : [] }
}

/**
 * Reads a sign-in, also one stored when its fields had other names: `beside`, `aside`, and of a challenge `kept` and
 * `door`.
 */
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

/** Stores a sign-in at revision 0; false when another tab was first. */
export const addSignIn = (
  store: Store,
  uid: string,
  signIn: SignIn & { readonly firstRevision: 0 },
): Promise<boolean> => store.documents.add(kind, uid, signIn, signIn.keptUntil)

/** The row of one challenge of one sign-in, which seals and tickets are bound to. */
export const rowOf = (uid: string, id: string): readonly string[] => [kind, uid, id]
/** Decrypts the factor's state of a challenge. Throws for the state of another challenge or another sign-in. */
export const openSealedState = (
  { challengeSeal }: AppContext,
  uid: string,
  { id, state }: Pick<OpenChallenge, 'id' | 'state'>,
) => challengeSeal.open(state, rowOf(uid, id))

/**
 * Gives an opened challenge its id and answer URL, and encrypts its state. The prompt is of the same factor, hence the
 * cast.
 */
export function sealChallenge(
  app: AppContext,
  uid: string,
  { factor, authenticator }: Pick<OpenChallenge, 'factor' | 'authenticator'>,
  { prompt, state, renewAt }: Opened<BuiltFactor, unknown>,
): OpenChallenge {
  const id = randomBytes(16).toString('base64url')
  const row = rowOf(uid, id)
  const answerUrl = answerUrlFor(app, factor, row, `/sign-in/${uid}`)
  const remembered = { state: app.challengeSeal.close(state, row), spent: false, renewAt: renewAt?.getTime() ?? null }
  return { factor, authenticator, ...remembered, id, prompt, answerUrl } as OpenChallenge
}

/** Whether a sign-in is as it began, and has no row. */
export const hasNoRow = ({ signIn, revision }: Pick<StoredSignIn, 'signIn' | 'revision'>): boolean =>
  revision < (signIn.firstRevision ?? 0)

/**
 * Changes a sign-in by compare-and-set: null when another tab was first. The first change makes the row. The evidence is
 * that of before.
 */
export async function changeSignIn(
  store: Store,
  uid: string,
  { revision, evidence }: Pick<StoredSignIn, 'revision' | 'evidence'>,
  signIn: SignIn,
): Promise<StoredSignIn | null> {
  const { firstRevision = 0, keptUntil } = signIn
  const done = hasNoRow({ signIn, revision })
    ? await store.documents.add(kind, uid, signIn, keptUntil)
    : await store.documents.replace(kind, uid, revision - firstRevision, signIn, keptUntil)
  return done ? { signIn, revision: revision + 1, evidence } : null
}

/** The fields of every audit entry about a challenge. */
export const auditFields = ({ uid, nonce: run, client, address }: Interaction, signIn: SignIn) => ({
  run,
  signIn: evidenceKey(uid, signIn),
  account: signIn.account,
  client: client.client_id,
  policy: client.policyHash,
  where: address,
})
