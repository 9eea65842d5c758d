import { type FactorId, traitsOf } from '#shared/factors/table.ts'
import type { Next, Offer } from '#shared/policy/engine/next.ts'
import { renewedBy } from '#shared/policy/engine/renewal.ts'
import type { Refusal } from '#shared/refusal.ts'
import type { EnrolmentQuestion } from '#shared/wire/enrolment.ts'
import type { Challenge, DoorView, View } from '#shared/wire/view.ts'
import type { AppContext } from '../context/app-context.ts'
import { returnedAnswer } from '../factors/contract/handoff.ts'
import type { Interaction } from '../provider/interactions.ts'
import type { DecidedStep } from './decide-next.ts'
import { doorways } from './enrol.ts'
import { offerFor } from './open-challenge.ts'
import { isFor, optionsFor, type SignInOption } from './options.ts'
import { type OpenChallenge, rowOf, type SignIn, type StoredSignIn } from './state.ts'

/** Facts that a view shows besides the policy's decision. */
export interface Around {
  /** The name of somebody who has signed in in another tab meanwhile. */
  readonly elsewhere: string | null
  /** The address where a finished sign-in goes on. */
  readonly goTo: string | null
  /** The open question of the enrolment. */
  readonly question: EnrolmentQuestion | null
  /** A refusal of just now, shown in place of the stored one. */
  readonly why: Refusal | null
  readonly now: Date
}

const who = (state: DoorView['state']): DoorView => ({ label: 'who', of: 1, state })

/** The fields of every view of a sign-in under way. */
export const commonOf = ({ uid, client }: Interaction, { signIn, revision }: StoredSignIn, now: Date) => ({
  uid,
  client: client.client_name,
  revision,
  closesInMs: signIn.closesAt - now.getTime(),
  refusal: signIn.refusal,
})

/** A sign-in under way as the browser is shown it. */
export function viewOf(interaction: Interaction, stored: StoredSignIn, decided: DecidedStep, around: Around): View {
  const { signIn } = stored
  const { resume } = interaction
  const { decision } = decided
  const common = { ...commonOf(interaction, stored, around.now), refusal: around.why ?? signIn.refusal }
  if (around.elsewhere) return { ...common, at: 'elsewhere', doors: [], person: around.elsewhere, goTo: resume }
  switch (decision.is) {
    case 'identify':
      return {
        ...common,
        at: 'identify',
        doors: [who('open')],
        username: signIn.username,
        usernameless: signIn.usernameless
          .filter((challenge) => offerFor(decided, challenge))
          .map((challenge) => shown(challenge, around.now)),
      }
    case 'answer':
      return {
        ...common,
        username: signIn.username,
        ...stepOf(signIn, optionsFor(decision, decided.authenticators), renews(interaction, decision), around.now),
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

/** The view of somebody on the way back to the client. */
export const leaving = (interaction: Interaction, stored: StoredSignIn, now: Date, goTo: string): View => ({
  ...commonOf(interaction, stored, now),
  at: 'done',
  refusal: null,
  doors: [],
  goTo,
})

/**
 * The view with the answer that a handoff brought back in the address, if that answers an open challenge. Showing it
 * spends nothing.
 */
export function returning(app: AppContext, view: View, answer: string | undefined): View {
  if (!answer || (view.at !== 'answer' && view.at !== 'identify')) return view
  const open = view.at === 'answer' ? [view.challenge] : view.usernameless
  const isFor = ({ id }: Challenge) => returnedAnswer(app, rowOf(view.uid, id), { returned: answer }) !== null
  const asked = open.find(isFor)
  const { uid, client, revision, closesInMs, refusal, doors } = view
  const common = { uid, client, revision, closesInMs, refusal, doors }
  return asked ? { ...common, at: 'returning', challenge: asked.id, answer } : view
}

/** A challenge as the browser is shown it: without its state, and with the time that is left in milliseconds. */
const shown = ({ state: _, spent: __, renewAt, askAgainAt, ...challenge }: OpenChallenge, now: Date): Challenge => ({
  ...challenge,
  renewInMs: renewAt === null ? null : renewAt - now.getTime(),
  ...(askAgainAt === undefined ? {} : { pending: { askAgainInMs: Math.max(0, askAgainAt - now.getTime()) } }),
})

const renews = ({ client }: Interaction, { rules }: Extract<Next, { is: 'answer' }>) =>
  renewedBy(client.clientRules.policy.rules.filter(({ name }) => rules.includes(name))).length > 0

/** The step of a view: its open challenge, or the choice of methods. */
function stepOf({ challenge, choosing }: SignIn, options: readonly SignInOption[], renews: boolean, now: Date) {
  const option = challenge && options.find((one) => isFor(one, challenge))
  if (option && challenge && !choosing && !challenge.spent) {
    const doors = doorsOf(option.offer.doors, challenge.factor)
    const several = options.filter(({ factor }) => factor === challenge.factor).length > 1
    return {
      at: 'answer',
      doors,
      challenge: shown(challenge, now),
      label: several ? option.label : null,
      canChoose: options.length > 1,
      renews: renews && traitsOf(challenge.factor).lastResort,
    } as const
  }
  const methods = options.map(({ factor, authenticator, label, lastUsedAt }, at) => ({
    factor,
    authenticator,
    label,
    lastUsed: at === 0 && lastUsedAt !== null,
    lockedUntil: null,
  }))
  return { at: 'choose', doors: doorsOf(options[0]?.offer.doors ?? []), methods } as const
}

/** The steps that a view shows: the policy's, after the step "who you are" until the first proof. */
function doorsOf(doors: Offer['doors'], chosen: FactorId | null = null): readonly DoorView[] {
  const steps = doors.map(({ factors, state }): DoorView => {
    const [only = 'who', ...others] = state === 'open' && chosen ? [chosen] : factors
    return { label: others.length > 0 ? 'choice' : only, of: others.length + 1, state }
  })
  return steps.some(({ state }) => state === 'passed') ? steps : [who('passed'), ...steps]
}
