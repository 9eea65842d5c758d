import { traitsOf } from '../../factors/table.ts'
import { type Finding, type Linted, ruleAt } from '../analysis/finding.ts'
import type { Flow } from '../rules/policy.ts'

/** Finds flows that begin with a factor whose message is never sent before the first proof. */
export const smsFirst = ({ policies }: Linted): readonly Finding[] =>
  policies.flatMap((policy) =>
    policy.rules.flatMap(({ name, flows }, at) => {
      const factor = flows.map(sentFirst).find((first) => first !== undefined)
      return factor
        ? [
            {
              code: 'sms-first',
              level: 'warning',
              path: ruleAt(policy, at),
              sentence: `Rule "${name}" has a flow that begins with ${factor}, and nothing is sent to anybody who has proven nothing yet.`,
              fix: `Put another factor before it: [password, ${factor}].`,
            } as const,
          ]
        : []
    }),
  )

const sentFirst = ([first]: Flow) => first?.find(({ factor }) => traitsOf(factor).sent)?.factor
