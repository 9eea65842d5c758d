import type { Question } from '#shared/enrolment.ts'
import { type FactorId, traitsOf } from '#shared/factors/table.ts'
import type { Next, Offer } from '#shared/policy/next.ts'
import { renewedBy } from '#shared/policy/renewal.ts'
import type { Refusal } from '#shared/refusal.ts'
import type { Challenge, Door, View } from '#shared/view.ts'
import type { House } from '../house.ts'
import type { Waiting } from '../provider/finish.ts'
import { doorways } from './enrol.ts'
import type { Judged } from './judge.ts'
import { type Way, waysOf } from './methods.ts'
import { isFor, offered } from './open.ts'
import { returnedAnswer } from './side-door.ts'
import { type Kept, type OpenChallenge, rowOf, type SignIn } from './state.ts'

/** What is known about a sign-in that is not in the policy's answer. */
export interface Around {
  /** Somebody who has signed in in another tab meanwhile. */
  readonly elsewhere: string | null
  /** Where a finished sign-in goes on. */
  readonly goTo: string | null
  /** What is asked for a new authenticator. */
  readonly question: Question | null
  /** A reason that came up just now, beside the one that is kept. */
  readonly why: Refusal | null
  readonly now: Date
}

const who = (state: Door['state']): Door => ({ label: 'who', of: 1, state })

/** What every view of a sign-in under way says. */
export const commonOf = ({ uid, client }: Waiting, { signIn, revision }: Kept, now: Date) => ({
  uid,
  client: client.client_name,
  revision,
  closesInMs: signIn.closesAt - now.getTime(),
  refusal: signIn.refusal,
})

/** A sign-in under way as the browser is shown it. */
export function viewOf(waiting: Waiting, kept: Kept, judged: Judged, around: Around): View {
  const { signIn } = kept
  const { resume } = waiting
  const { decision } = judged
  const common = { ...commonOf(waiting, kept, around.now), refusal: around.why ?? signIn.refusal }
  if (around.elsewhere) return { ...common, at: 'elsewhere', doors: [], person: around.elsewhere, goTo: resume }
  switch (decision.is) {
    case 'identify':
      return {
        ...common,
        at: 'identify',
        doors: [who('open')],
        username: signIn.username,
        beside: signIn.beside.filter((one) => offered(judged, one)).map((one) => shown(one, around.now)),
      }
    case 'answer':
      return {
        ...common,
        username: signIn.username,
        ...stepOf(signIn, waysOf(decision, judged.authenticators), renews(waiting, decision), around.now),
      }
    case 'done':
      return { ...common, at: 'done', doors: doorsOf(decision.doors), goTo: around.goTo ?? resume }
    case 'enrol':
      return doorways(decision).length > 0
        ? {
            ...common,
            at: 'enrol',
            username: signIn.username,
            doors: doorsOf(decision.doors),
            because: decision.because,
            factors: doorways(decision),
            question: around.question,
          }
        : { ...common, at: 'refused', doors: [], why: 'not-enrolled', missing: decision.factors }
    case 'refuse':
      return { ...common, at: 'refused', doors: [], why: decision.why.code, missing: decision.missing }
  }
}

/** On the way back to the client. */
export const leaving = (waiting: Waiting, kept: Kept, now: Date, goTo: string): View => ({
  ...commonOf(waiting, kept, now),
  at: 'done',
  refusal: null,
  doors: [],
  goTo,
})

/** What the address brings back through a side door, if it answers what is open: looking at it spends nothing. */
export function returning(house: House, view: View, answer: string | undefined): View {
  if (!answer || (view.at !== 'answer' && view.at !== 'identify')) return view
  const open = view.at === 'answer' ? [view.challenge] : view.beside
  const isFor = ({ id }: Challenge) => returnedAnswer(house, rowOf(view.uid, id), { returned: answer }) !== null
  const asked = open.find(isFor)
  const { uid, client, revision, closesInMs, refusal, doors } = view
  const common = { uid, client, revision, closesInMs, refusal, doors }
  return asked ? { ...common, at: 'returning', challenge: asked.id, answer } : view
}

/** A challenge without what is ours to remember. */
const shown = ({ kept: _, spent: __, renewAt, ...challenge }: OpenChallenge, now: Date): Challenge => ({
  ...challenge,
  renewInMs: renewAt === null ? null : renewAt - now.getTime(),
})

const renews = ({ client }: Waiting, { rules }: Extract<Next, { is: 'answer' }>) =>
  renewedBy(client.terms.policy.rules.filter(({ name }) => rules.includes(name))).length > 0

/** The open challenge, or the choice of one. */
function stepOf({ challenge, choosing }: SignIn, ways: readonly Way[], renews: boolean, now: Date) {
  const way = challenge && ways.find((one) => isFor(one, challenge))
  if (way && challenge && !choosing && !challenge.spent) {
    const doors = doorsOf(way.offer.doors, challenge.factor)
    const several = ways.filter(({ factor }) => factor === challenge.factor).length > 1
    return {
      at: 'answer',
      doors,
      challenge: shown(challenge, now),
      label: several ? way.label : null,
      canChoose: ways.length > 1,
      renews: renews && traitsOf(challenge.factor).lastResort,
    } as const
  }
  const methods = ways.map(({ factor, authenticator, label, lastUsedAt }, at) => ({
    factor,
    authenticator,
    label,
    lastUsed: at === 0 && lastUsedAt !== null,
    lockedUntil: null,
  }))
  return { at: 'choose', doors: doorsOf(ways[0]?.offer.doors ?? []), methods } as const
}

/** Who you are is a door until the first proof; then the arcade is the policy's steps. */
function doorsOf(doors: Offer['doors'], chosen: FactorId | null = null): readonly Door[] {
  const steps = doors.map(({ factors, state }): Door => {
    const [only = 'who', ...others] = state === 'open' && chosen ? [chosen] : factors
    return { label: others.length > 0 ? 'choice' : only, of: others.length + 1, state }
  })
  return steps.some(({ state }) => state === 'passed') ? steps : [who('passed'), ...steps]
}
