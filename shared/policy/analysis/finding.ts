import type { Policy, Rule } from '../rules/policy.ts'
import type { Party, PolicyPerson } from '../tools/simulate.ts'
import type { Ending } from './endings.ts'
import type { Reach } from './reach.ts'

/** The code of every finding that the linter can report. */
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

/** Levels of a finding, the worst first. */
export const findingLevels = ['error', 'warning', 'note'] as const

/** A fault of a policy, or a fact that its author should know. */
export interface Finding {
  readonly code: FindingCode
  /** An `error` gives a relying party tokens that it must refuse, or none at all: such a policy is not put in force. */
  readonly level: (typeof findingLevels)[number]
  /** The place in the configuration. */
  readonly path: readonly (string | number)[]
  readonly sentence: string
  readonly fix: string
}

/** Names that the configuration declares. */
export interface Named {
  /** The groups that the configuration lists; empty where it lists none. */
  readonly groups: readonly string[]
  /** acr values that the operator defines, without aliases. */
  readonly acr: readonly string[]
}

/** The linter's input. Reach and outcomes are computed once and remembered. */
export interface Linted {
  readonly policies: readonly Policy[]
  readonly parties: readonly Party[]
  /** Empty where no people are given. */
  readonly people: readonly PolicyPerson[]
  readonly named: Named
  readonly reachOf: (policy: Policy) => readonly Reach[]
  readonly endingOf: Ending
}

export const ruleAt = (policy: Policy, at: number): Finding['path'] => ['policies', policy.name, 'rules', at]

/** The relying parties that use a policy. */
export const partiesOf = (policy: Policy, { parties }: Linted): readonly Party[] =>
  parties.filter(({ clientRules }) => clientRules.policy === policy)

export const challenges = ({ flows }: Rule): boolean => flows.some((flow) => flow.length > 0)

/** Whether a rule can decide; a rule of undecided reach may. */
export const canDecide = (reach: Reach | undefined): boolean => reach?.is === 'reached' || reach?.is === 'undecided'

const mostNamed = 5
/** Names joined for a sentence; of more than five, the first five and a count. */
export const listed = (names: readonly string[]): string =>
  names.length > mostNamed
    ? `${names.slice(0, mostNamed).join(', ')} and ${names.length - mostNamed} more`
    : names.join(', ')
