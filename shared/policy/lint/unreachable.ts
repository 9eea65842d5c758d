import { type Finding, type Linted, ruleAt } from '../analysis/finding.ts'
import type { Reach } from '../analysis/reach.ts'
import { distinct, exactUpTo, leavesIn } from '../analysis/situations.ts'
import type { Policy } from '../rules/policy.ts'

/** Finds rules that never decide: they apply to nobody, or earlier rules decide for everybody they apply to. */
export const unreachable = ({ policies, reachOf }: Linted): readonly Finding[] =>
  policies.flatMap((policy) => {
    const reach = reachOf(policy)
    return [...reach.flatMap((one, at) => findingFor(policy, at, one)), ...undecided(policy, reach)]
  })

function findingFor(policy: Policy, at: number, reach: Reach): readonly Finding[] {
  const called = (index: number) => `"${policy.rules[index]?.name}"`
  const common = { level: 'warning', path: ruleAt(policy, at) } as const
  if (reach.is === 'never')
    return [
      {
        ...common,
        code: 'never-applies',
        sentence: `Rule ${called(at)} applies to nobody: its conditions never hold together at a client of this policy.`,
        fix: 'Correct its conditions, or delete it.',
      },
    ]
  if (reach.is !== 'behind') return []
  const [first, ...more] = reach.rules
  const fix = `Move it before ${called(first)}, or delete it.`
  return [
    more.length === 0
      ? {
          ...common,
          code: 'shadowed',
          sentence: `Rule ${called(at)} never decides: ${called(first)} before it applies to everybody it applies to.`,
          fix,
        }
      : {
          ...common,
          code: 'unreachable',
          sentence: `Rule ${called(at)} never decides: of ${reach.rules.map(called).join(', ')} before it, one always applies.`,
          fix,
        },
  ]
}

function undecided(policy: Policy, reach: readonly Reach[]): readonly Finding[] {
  const open = [...reach.entries()].flatMap(([at, { is }]) => (is === 'undecided' ? [at] : []))
  const [first] = open
  if (first === undefined) return []
  const count = distinct(policy.rules.flatMap(({ when }) => leavesIn(when))).length
  return [
    {
      code: 'undecided',
      level: 'note',
      path: ruleAt(policy, first),
      sentence: `Whether ${open.length === 1 ? 'this rule is' : `${open.length} rules from here on are`} ever reached is undecided: this policy has ${count} different conditions, and up to ${exactUpTo} are looked at in every combination.`,
      fix: 'Split the policy by client, or bring rules with the same conditions together.',
    },
  ]
}
