import { endings } from '../analysis/endings.ts'
import { type Finding, type Linted, levels } from '../analysis/finding.ts'
import { reachOf } from '../analysis/reach.ts'
import { leavesIn } from '../analysis/situations.ts'
import type { Policy } from '../rules/policy.ts'
import { alone } from './alone.ts'
import { asking } from './asking.ts'
import { beginning } from './beginning.ts'
import { finishing } from './finishing.ts'
import { grouping } from './grouping.ts'
import { lockedOut } from './locked-out.ts'
import { reaching } from './reaching.ts'
import { speaking } from './speaking.ts'

/** Everything that is wrong with policies, the worst first; people are looked at where they are given. */
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
  const found = [speaking, finishing, lockedOut, grouping, reaching, alone, beginning, asking].flatMap((look) =>
    look(linted),
  )
  return found.toSorted((one, other) => levels.indexOf(one.level) - levels.indexOf(other.level))
}

/** A policy of no client yet is read as one of every client that it names, and of another one. */
function clientsOf(policy: Policy, parties: Linted['parties']): readonly string[] {
  const own = parties.filter(({ terms }) => terms.policy === policy).map(({ id }) => id)
  if (own.length > 0) return own
  const named = policy.rules
    .flatMap(({ when }) => leavesIn(when))
    .flatMap((leaf) => (leaf.is === 'clients' ? leaf.oneOf : []))
  return [...new Set(named), '']
}
