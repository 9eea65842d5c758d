import { somebodyWithEverything } from '../analysis/endings.ts'
import { canDecide, challenges, type Finding, type Linted, partiesOf, ruleAt } from '../analysis/finding.ts'
import type { Policy, Rule } from '../rules/policy.ts'
import type { Party } from '../tools/simulate.ts'

/** Finds rules that nobody can satisfy, and clients that nobody can sign in to. */
export const cannotFinish = (linted: Linted): readonly Finding[] => [
  ...linted.policies.flatMap((policy) => unfinishable(policy, linted)),
  ...linted.parties.flatMap((party) => noWayIn(party, linted)),
]

const anyoneFinishes = (rule: Rule, party: Party, { endingOf }: Linted) =>
  endingOf(rule, party, somebodyWithEverything).is !== 'refuse'

function unfinishable(policy: Policy, linted: Linted): readonly Finding[] {
  const parties = partiesOf(policy, linted)
  if (parties.length === 0) return []
  return policy.rules.flatMap((rule, at) =>
    challenges(rule) && !parties.some(({ id, clientRules }) => anyoneFinishes(rule, { id, clientRules }, linted))
      ? [
          {
            code: 'cannot-finish',
            level: 'warning',
            path: ruleAt(policy, at),
            sentence: `Nobody can finish a flow of rule "${rule.name}", whatever they have: a step asks for the same secret again, for a proof of this moment that its factor cannot give, or for nothing that its client has a word for.`,
            fix: 'Give it steps of different factors, or take "fresh" away.',
          } as const,
        ]
      : [],
  )
}

function noWayIn(party: Party, linted: Linted): readonly Finding[] {
  const { policy, requiresAmr } = party.clientRules
  const asked = (party.defaultAcr ?? []).join(' ')
  const reach = linted.reachOf(policy)
  const isWay = (rule: Rule, at: number) =>
    canDecide(reach[at]) && challenges(rule) && anyoneFinishes(rule, party, linted)
  if (policy.rules.some(isWay)) return []
  return [
    {
      code: 'no-way-in',
      level: requiresAmr || asked ? 'error' : 'warning',
      path: ['clients', party.id, asked ? 'default_acr_values' : 'policy'],
      sentence: `Nobody can sign in to "${party.id}": no rule of "${policy.name}" that is ever reached has a flow that can be finished${asked && ` so that its default_acr_values are met (${asked})`}.`,
      fix: asked ? 'Add a flow that meets them, or ask for something else by default.' : 'Add a rule with a flow.',
    },
  ]
}
