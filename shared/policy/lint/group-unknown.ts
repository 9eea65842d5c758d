import { type Finding, type Linted, listed, ruleAt } from '../analysis/finding.ts'
import { leavesIn } from '../analysis/situations.ts'

/**
 * Finds groups that are not listed and have no members, where people are given: likely misspelt, and a rule that denies
 * such a group denies nobody.
 */
export function groupUnknown({ policies, people, named }: Linted): readonly Finding[] {
  if (people.length === 0) return []
  const known = new Set([...named.groups, ...people.flatMap((one) => one.groups)])
  return policies.flatMap((policy) =>
    policy.rules.flatMap(({ name, when }, at) => {
      const groups = leavesIn(when).flatMap((leaf) => (leaf.is === 'groups' ? leaf.oneOf : []))
      const unknown = [...new Set(groups)].filter((group) => !known.has(group))
      return unknown.length > 0
        ? [
            {
              code: 'group-unknown',
              level: 'warning',
              path: ruleAt(policy, at),
              sentence: `Rule "${name}" names groups that none of these people is in: ${listed(unknown)}.`,
              fix: 'Correct the name; or list all groups under "groups", and a misspelt one is an error.',
            } as const,
          ]
        : []
    }),
  )
}
