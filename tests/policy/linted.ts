import type { FactorId } from '#shared/factors/table.ts'
import type { ClientRules } from '#shared/policy/engine/client-rules.ts'
import { lint } from '#shared/policy/lint/lint.ts'
import type { Condition } from '#shared/policy/rules/condition.ts'
import type { Rule } from '#shared/policy/rules/policy.ts'
import type { PolicyPerson } from '#shared/policy/tools/simulate.ts'
import { enrolled, flow, rule, termsFor } from './fixtures.ts'

// Policies, clients and people as the linter is given them, and what it finds.

export const groups = (...oneOf: string[]): Condition => ({ is: 'groups', oneOf })
export const clients = (...oneOf: string[]): Condition => ({ is: 'clients', oneOf })
export const not = (of: Condition): Condition => ({ is: 'not', of })
export const all = (...of: Condition[]): Condition => ({ is: 'all', of })
export const any = (...of: Condition[]): Condition => ({ is: 'any', of })

export const good = [flow('password', 'totp'), flow({ factor: 'passkey', uv: 'required' })]
export const named = (name: string, when: Condition | null = null, flows: Rule['flows'] = good) =>
  rule(flows, { name, when })
export const party = (terms: ClientRules, id = 'c') => ({ id, clientRules: terms })
export const person = (name: string, ...factors: FactorId[]): PolicyPerson => ({
  name,
  groups: [],
  enrolled: enrolled(...factors),
})

export const linted = (
  rules: readonly Rule[],
  more: Partial<ClientRules> = {},
  people: readonly PolicyPerson[] = [],
) => {
  const terms = termsFor(rules, more)
  return lint([terms.policy], [party(terms)], people)
}
/** The findings beyond the note on acr values, with the number of their rule. */
export const found = (...given: Parameters<typeof linted>) =>
  linted(...given)
    .filter(({ path }) => path.length > 1)
    .map(({ code, level, path }) => `${level} ${code} ${path.at(-1)}`)
