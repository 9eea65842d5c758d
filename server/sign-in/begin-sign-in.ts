import type { AppContext } from '../context/app-context.ts'
import { personOf } from '../evidence/counting.ts'
import type { Interaction } from '../provider/interactions.ts'
import { addSignIn, closingAt, loadSignIn, newRound, type SignIn, type StoredSignIn, storedMs } from './state.ts'
import { openUsernameless, recordUsernameless } from './usernameless.ts'

/**
 * A sign-in as it begins; somebody who is signed in already is named from the start. It is stored where challenges are
 * opened with it; else its first change stores it, and until then every look at it begins it alike: its instants and
 * rules are the interaction's.
 */
export async function beginSignIn(app: AppContext, interaction: Interaction): Promise<StoredSignIn> {
  const { beginning, uid, session } = interaction
  const { subject, loginHint } = interaction.request
  const account = session?.account
  const keptUntil = beginning.begunAt + storedMs
  const person = account && (subject === null || subject === account) ? await personOf(app, account) : null
  const known = person?.disabled ? null : person
  const signIn = {
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
    rulesHash: beginning.rulesHash,
    alone: false,
    cancelled: false,
    agreed: false,
    closesAt: closingAt(beginning.begunAt, keptUntil),
    keptUntil,
    usernameless: [],
    sentChallenges: [],
  } satisfies SignIn
  const begun: StoredSignIn = { signIn: { ...signIn, firstRevision: 1 }, revision: 0, evidence: [] }
  const usernameless = await openUsernameless(app, interaction, begun)
  if (usernameless.length === 0) return begun
  const offered = { ...signIn, firstRevision: 0, usernameless } as const
  if (await addSignIn(app.store, uid, offered)) {
    await recordUsernameless(app, interaction, offered)
    return { ...begun, signIn: offered }
  }
  const first = await loadSignIn(app.store, uid)
  if (!first) throw new Error('A sign-in vanished while it began.')
  return first
}
