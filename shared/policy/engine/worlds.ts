import { type Circumstances, truthOf } from '../rules/condition.ts'
import type { Truth } from '../rules/leaf.ts'
import { type Flow, implies, type Policy, type Rule, type Step } from '../rules/policy.ts'
import { maximumMatching } from './matching.ts'

/**
 * A possible world: the rule that decides in it, and all earlier rules of which nobody can know whether they apply. A
 * finished sign-in must be enough for each of these rules.
 */
export interface World {
  readonly rules: readonly Rule[]
  readonly flows: readonly Flow[]
}

/** The possible worlds: exactly one once all conditions are decided. A rule that denies makes a world without flows. */
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

/** The world of several rules: its flows are those that finish a flow of every rule. */
function worldOf(rules: readonly Rule[]): World {
  // Compared by identity: many rules share the same few lists of flows.
  const said = [...new Set(rules.toReversed().map(({ flows }) => flows))]
  const flows = [...new Set(said.flat())].filter((flow) =>
    said.every((one) => one.some((other) => covers(flow, other))),
  )
  return { rules, flows }
}

/** A dropped flow, and the names of the rules that the flow does not finish; empty where no rule decides. */
export interface Dropped {
  readonly flow: Flow
  readonly by: readonly string[]
}

/** The flows of a world's rules that are not among the world's own flows. */
export function droppedIn({ rules, flows }: World): readonly Dropped[] {
  const all = new Set(rules.flatMap((rule) => rule.flows))
  return [...all]
    .filter((flow) => !flows.includes(flow))
    .map((flow) => ({
      flow,
      by: rules.filter((rule) => !rule.flows.some((other) => covers(flow, other))).map(({ name }) => name),
    }))
}

/** Whether finishing `flow` in any way finishes `other`: each step of `other` by a different step of `flow`. */
export const covers = (flow: Flow, other: Flow): boolean =>
  maximumMatching([...other.keys()], [...flow.keys()], (theirs, mine) => within(flow[mine] ?? [], other[theirs] ?? []))
    .size === other.length

const within = (step: Step, other: Step) => step.every((one) => other.some((choice) => implies(one, choice)))
