import { type Circumstances, truthOf } from '../rules/condition.ts'
import type { Truth } from '../rules/leaf.ts'
import { type Flow, implies, type Policy, type Rule, type Step } from '../rules/policy.ts'
import { maximumMatching } from './matching.ts'

/**
 * One way in which everything may turn out: the rule that decides there, and with it all rules before it of which
 * nobody can know whether they apply. What is done must do for each of them.
 */
export interface World {
  readonly rules: readonly Rule[]
  readonly flows: readonly Flow[]
}

/** The worlds that are possible: one once all conditions are decided. A rule that denies makes a world without flows. */
export function worldsOf({ rules }: Policy, circumstances: Circumstances): readonly World[] {
  const worlds: World[] = []
  const unknown: Rule[] = []
  for (const rule of rules) {
    const truth: Truth = truthOf(rule.when, circumstances)
    if (truth === 'miss') continue
    if (truth === 'unknown') {
      unknown.push(rule)
      continue
    }
    worlds.push(unknown.length === 0 ? { rules: [rule], flows: rule.flows } : worldOf([...unknown, rule]))
    if (truth === 'hit') return worlds
  }
  return [...worlds, { rules: unknown, flows: [] }]
}

/** Of the flows of several rules, those that finish a flow of each. */
function worldOf(rules: readonly Rule[]): World {
  // Many rules, and few things that they say.
  const said = [...new Set(rules.toReversed().map(({ flows }) => flows))]
  const flows = [...new Set(said.flat())].filter((flow) =>
    said.every((one) => one.some((other) => covers(flow, other))),
  )
  return { rules, flows }
}

/** What a flow that did not survive would not do for: the rules of its world, by name; none where nobody would be let in. */
export interface Dropped {
  readonly flow: Flow
  readonly by: readonly string[]
}

/** The flows of a world's rules that are none of its own. */
export function droppedIn({ rules, flows }: World): readonly Dropped[] {
  const all = new Set(rules.flatMap((rule) => rule.flows))
  return [...all]
    .filter((flow) => !flows.includes(flow))
    .map((flow) => ({
      flow,
      by: rules.filter((rule) => !rule.flows.some((other) => covers(flow, other))).map(({ name }) => name),
    }))
}

/** Whether finishing one flow, in whichever way, finishes the other: each of its steps by a step of its own. */
export const covers = (flow: Flow, other: Flow): boolean =>
  maximumMatching([...other.keys()], [...flow.keys()], (theirs, mine) => within(flow[mine] ?? [], other[theirs] ?? []))
    .size === other.length

const within = (step: Step, other: Step) => step.every((one) => other.some((choice) => implies(one, choice)))
