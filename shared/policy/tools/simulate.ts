import { wordsFor } from '../../amr/dialect.ts'
import type { EnrolledFactor } from '../../authenticator.ts'
import type { AuthorizationRequest } from '../../authorization-request.ts'
import type { Evidence } from '../../evidence.ts'
import type { FactorId } from '../../factors/table.ts'
import type { RefusalCode } from '../../refusal.ts'
import type { ClientRules } from '../engine/client-rules.ts'
import type { Facts } from '../engine/facts.ts'
import { type Next, next, type Offer } from '../engine/next.ts'
import { potentialOf } from '../rules/policy.ts'

/** The facts about a person that a policy can see. */
export interface PolicyPerson {
  readonly name: string
  readonly groups: readonly string[]
  readonly enrolled: readonly EnrolledFactor[]
  /** When each policy's rules, by names, first applied to the person; without an entry, grace counts from now. */
  readonly appliedSince?: ReadonlyMap<string, Facts['appliedSince']>
}

/** A relying party with its rules. */
export interface Party {
  readonly id: string
  /** The acr values of a request that names none. */
  readonly defaultAcr?: readonly string[] | undefined
  readonly clientRules: ClientRules
}

/** Where and when a person signs in: everything that a policy sees besides the person. */
export type Setting = Omit<Facts, 'named' | 'account' | 'groups' | 'enrolled' | 'evidence' | 'appliedSince'>

/** The outcome of a sign-in, and the factors that were proven on the way. */
export type Outcome = { readonly doors: readonly FactorId[] } & (
  | {
      readonly is: 'done'
      readonly acr: string
      readonly amr: readonly string[]
      /** The factors of the step that the person may skip for now. */
      readonly owed: readonly FactorId[]
    }
  | { readonly is: 'enrol'; readonly factors: readonly FactorId[] }
  | { readonly is: 'refuse'; readonly why: RefusalCode; readonly missing: readonly FactorId[] }
)

/**
 * Simulates a sign-in: each challenge of the policy engine is answered in the strongest way that the person's
 * authenticators allow. Where an offer ends in a refusal, the next offer is tried. `carried` is earlier evidence.
 */
export function simulate(
  party: Party,
  request: AuthorizationRequest,
  person: PolicyPerson,
  setting: Setting,
  carried: readonly Evidence[] = [],
): Outcome {
  const from = (evidence: readonly Evidence[]): Outcome => {
    const decision = next(party.clientRules, request, factsOf(party, person, setting, evidence))
    if (decision.is !== 'answer') return ended(party, decision, evidence)
    const answers = decision.offers.flatMap((offer) => answersTo(offer, person, evidence, setting))
    let worst: Outcome | null = null
    for (const answer of answers) {
      const outcome = from([...evidence, answer])
      if (outcome.is !== 'refuse') return outcome
      worst ??= outcome
    }
    return worst ?? refused(evidence, 'not-enrolled', [...new Set(decision.offers.map(({ factor }) => factor))])
  }
  return from(carried)
}

/** The facts about a named person, as the policy engine takes them. */
export const factsOf = (
  { clientRules }: Party,
  { name, groups, enrolled, appliedSince }: PolicyPerson,
  setting: Setting,
  evidence: readonly Evidence[],
): Facts => ({
  ...setting,
  named: true,
  account: name,
  groups,
  enrolled,
  appliedSince: appliedSince?.get(clientRules.policy.name) ?? {},
  evidence,
})

const doorsOf = (evidence: readonly Evidence[]) => evidence.map(({ factor }) => factor)
const refused = (evidence: readonly Evidence[], why: RefusalCode, missing: readonly FactorId[]): Outcome => ({
  is: 'refuse',
  doors: doorsOf(evidence),
  why,
  missing,
})

function ended(
  { clientRules }: Party,
  decision: Exclude<Next, { is: 'answer' }>,
  evidence: readonly Evidence[],
): Outcome {
  const doors = doorsOf(evidence)
  switch (decision.is) {
    case 'done': {
      const { acr, owed } = decision
      return {
        is: 'done',
        doors,
        acr,
        amr: wordsFor(clientRules.dialect, decision.evidence),
        owed: owed?.factors ?? [],
      }
    }
    case 'enrol':
      return { is: 'enrol', doors, factors: decision.factors }
    case 'refuse':
      return refused(evidence, decision.why.code, decision.missing)
    case 'identify':
      throw new Error('Somebody who is named was asked who they are.')
  }
}

/** The evidence that the person's unused authenticator of the offer's factor could give, the strongest first. */
function answersTo(
  offer: Offer,
  { name, enrolled }: PolicyPerson,
  evidence: readonly Evidence[],
  { now }: Setting,
): readonly Evidence[] {
  const { factor, authenticators } = offer
  const used = new Set(evidence.map(({ authenticator }) => authenticator))
  const mine = enrolled.find(
    (one) => one.factor === factor && !one.disabled && !used.has(one.id) && (authenticators?.includes(one.id) ?? true),
  )
  if (!mine) return []
  return potentialOf(offer).map((proof) => ({
    ...proof,
    id: `${evidence.length + 1}`,
    account: name,
    factor,
    authenticator: mine.id,
    at: now,
    current: true,
  }))
}
