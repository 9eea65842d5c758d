import { endings } from '../analysis/endings.ts'
import { type Finding, findingLevels, type Linted } from '../analysis/finding.ts'
import { reachOf } from '../analysis/reach.ts'
import { leavesIn } from '../analysis/situations.ts'
import type { Policy } from '../rules/policy.ts'
import { acrUnmet } from './acr-unmet.ts'
import { amrMissing } from './amr-missing.ts'
import { cannotFinish } from './cannot-finish.ts'
import { groupUnknown } from './group-unknown.ts'
import { lockedOut } from './locked-out.ts'
import { singleFactor } from './single-factor.ts'
import { smsFirst } from './sms-first.ts'
import { unreachable } from './unreachable.ts'

/** All findings about policies, the worst first. People are checked where they are given. */
export function lint(
  policies: Linted['policies'],
  parties: Linted['parties'],
  people: Linted['people'] = [],
  named: Linted['named'] = { groups: [], acr: [] },
): readonly Finding[] {
  const reach = new Map(policies.map((policy) => [policy, reachOf(policy, clientsOf(policy, parties))]))
  const linted = {
    policies,
    parties,
    people,
    named,
    reachOf: (policy: Policy) => reach.get(policy) ?? [],
    endingOf: endings(),
  }
  const found = [
    amrMissing,
    cannotFinish,
    lockedOut,
    groupUnknown,
    unreachable,
    singleFactor,
    smsFirst,
    acrUnmet,
  ].flatMap((look) => look(linted))
  return found.toSorted((one, other) => findingLevels.indexOf(one.level) - findingLevels.indexOf(other.level))
}

/** The clients of a policy; for a policy without a client, every client that the policy names, and an unknown client. */
function clientsOf(policy: Policy, parties: Linted['parties']): readonly string[] {
  const clients = parties.filter(({ clientRules }) => clientRules.policy === policy).map(({ id }) => id)
  if (clients.length > 0) return clients
  const named = policy.rules
    .flatMap(({ when }) => leavesIn(when))
    .flatMap((leaf) => (leaf.is === 'clients' ? leaf.oneOf : []))
  return [...new Set(named), '']
}
