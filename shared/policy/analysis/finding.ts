import type { Policy, Rule } from '../rules/policy.ts'
import type { Party, PolicyPerson } from '../tools/simulate.ts'
import type { Ending } from './endings.ts'
import type { Reach } from './reach.ts'

/** Everything that a linter can find. */
export type FindingCode =
  | 'amr-missing'
  | 'amr-unspoken'
  | 'no-way-in'
  | 'cannot-finish'
  | 'never-applies'
  | 'shadowed'
  | 'unreachable'
  | 'undecided'
  | 'locked-out'
  | 'group-unknown'
  | 'acr-unmet'
  | 'grid-alone'
  | 'sms-alone'
  | 'sms-first'
  | 'phishable'

/** The worst first. */
export const findingLevels = ['error', 'warning', 'note'] as const

/** Something that is wrong with a policy, or that its author should know. */
export interface Finding {
  readonly code: FindingCode
  /** An error hands a relying party something that it must refuse, or nothing at all: such a policy is not put in force. */
  readonly level: (typeof findingLevels)[number]
  /** Where it stands in the configuration. */
  readonly path: readonly (string | number)[]
  readonly sentence: string
  readonly fix: string
}

/** Names in the configuration. */
export interface Named {
  /** The groups that there are, where they are listed. */
  readonly groups: readonly string[]
  /** acr values of the operator's own that are no other names. */
  readonly acr: readonly string[]
}

/** What is looked at; what rules come to is found out once. */
export interface Linted {
  readonly policies: readonly Policy[]
  readonly parties: readonly Party[]
  /** Empty where nobody is known. */
  readonly people: readonly PolicyPerson[]
  readonly named: Named
  readonly reachOf: (policy: Policy) => readonly Reach[]
  readonly endingOf: Ending
}

export const ruleAt = (policy: Policy, at: number): Finding['path'] => ['policies', policy.name, 'rules', at]

/** The relying parties that a policy decides for. */
export const partiesOf = (policy: Policy, { parties }: Linted): readonly Party[] =>
  parties.filter(({ clientRules }) => clientRules.policy === policy)

export const challenges = ({ flows }: Rule): boolean => flows.some((flow) => flow.length > 0)

/** What nobody knows may be. */
export const canDecide = (reach: Reach | undefined): boolean => reach?.is === 'reached' || reach?.is === 'undecided'

const mostNamed = 5
/** Names for a sentence; of many, the first ones. */
export const listed = (names: readonly string[]): string =>
  names.length > mostNamed
    ? `${names.slice(0, mostNamed).join(', ')} and ${names.length - mostNamed} more`
    : names.join(', ')
