import { endings } from './endings.ts'
import { type Finding, type Linted, levels } from './finding.ts'
import { alone } from './findings/alone.ts'
import { asking } from './findings/asking.ts'
import { beginning } from './findings/beginning.ts'
import { finishing } from './findings/finishing.ts'
import { grouping } from './findings/grouping.ts'
import { lockedOut } from './findings/locked-out.ts'
import { reaching } from './findings/reaching.ts'
import { speaking } from './findings/speaking.ts'
import type { Policy } from './policy.ts'
import { reachOf } from './reach.ts'
import { leavesIn } from './situations.ts'

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
