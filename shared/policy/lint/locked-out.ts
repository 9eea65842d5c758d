import { canDecide, challenges, type Finding, type Linted, listed, partiesOf, ruleAt } from '../analysis/finding.ts'
import { heldOf } from '../rules/authenticator-age.ts'
import { type Circumstances, truthOf } from '../rules/condition.ts'
import type { Policy } from '../rules/policy.ts'
import type { Party, PolicyPerson } from '../tools/simulate.ts'

/** Finds people who have authenticators for no flow of a rule that may apply to them. */
export const lockedOut = (linted: Linted): readonly Finding[] =>
  linted.policies.flatMap((policy) => lockedOutBy(policy, linted))

interface Locked {
  readonly at: number
  readonly name: string
  readonly missing: string
}

function lockedOutBy(policy: Policy, linted: Linted): readonly Finding[] {
  const all = partiesOf(policy, linted).flatMap((party) =>
    linted.people.flatMap((person) => lockedAt(party, person, linted)),
  )
  const together = Map.groupBy(all, ({ at, missing }) => JSON.stringify([at, missing]))
  return [...together.values()].flatMap((same) => {
    const [one] = same
    if (!one) return []
    const names = listed([...new Set(same.map(({ name }) => name))])
    return [
      {
        code: 'locked-out',
        level: 'warning',
        path: ruleAt(policy, one.at),
        sentence: `Locked out by rule "${policy.rules[one.at]?.name}" for want of ${one.missing}: ${names}.`,
        fix: 'Enrol one for them, add a flow that they can finish, or let them off for a time: enrol: grace 14d.',
      },
    ]
  })
}

function lockedAt(party: Party, person: PolicyPerson, { endingOf, reachOf }: Linted): readonly Locked[] {
  const { groups, enrolled } = person
  const anywhere = { address: null, browser: null, now: null }
  const held = heldOf(enrolled, null)
  const known: Circumstances = { client: party.id, groups, held, ...anywhere, personDecides: true }
  const { rules } = party.clientRules.policy
  const reach = reachOf(party.clientRules.policy)
  const truths = rules.map(({ when }) => truthOf(when, known))
  const last = truths.indexOf('hit')
  return rules.flatMap((rule, at) => {
    if (truths[at] === 'miss' || (last !== -1 && at > last) || !canDecide(reach[at]) || !challenges(rule)) return []
    const outcome = endingOf(rule, party, person)
    return outcome.is === 'refuse'
      ? [{ at, name: person.name, missing: outcome.missing.join(' or ') || 'what is asked for' }]
      : []
  })
}
