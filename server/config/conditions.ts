import { z } from 'zod'
import { authenticatorAge } from '#shared/policy/rules/authenticator-age.ts'
import type { Condition } from '#shared/policy/rules/condition.ts'
import { networks } from '#shared/policy/rules/networks.ts'
import { times } from '#shared/policy/rules/times.ts'
import { duration } from '../settings/duration.ts'
import { name } from '../settings/name.ts'
import { network } from '../settings/network.ts'
import { factorNames, member, membersOf } from './factor-names.ts'
import { writtenTimes } from './times.ts'

const age = duration('1m', '3650d')
const authenticator = z
  .strictObject({
    of: z.array(member).min(1).optional().describe('Factors or classes; any factor without it'),
    olderThan: age.optional(),
    youngerThan: age.optional(),
  })
  .refine(
    ({ olderThan, youngerThan }) => (olderThan === undefined) !== (youngerThan === undefined),
    'An authenticator is looked for by olderThan or by youngerThan.',
  )

const leaves = z.strictObject({
  groups: z.array(z.string().min(1)).min(1).optional().describe('In one of these groups'),
  clients: z.array(name).min(1).optional().describe('At one of these clients'),
  networks: z.array(network).min(1).optional().describe('From one of these networks (CIDR)'),
  times: writtenTimes.optional().describe('On these days, at these hours'),
  browser: z.literal('known').optional().describe('The person has signed in under this policy in this browser before'),
  authenticator: authenticator.optional().describe('The person has an authenticator that was bound so long ago'),
})

type Leaves = z.output<typeof leaves>
export type WrittenCondition = Leaves & {
  readonly not?: WrittenCondition | undefined
  readonly any?: readonly WrittenCondition[] | undefined
  readonly all?: readonly WrittenCondition[] | undefined
}
/** The condition of a rule, as it stands in the file: all of it must hold. */
export const condition: z.ZodType<WrittenCondition> = leaves
  .extend({
    get not() {
      return condition.optional()
    },
    get any() {
      return z.array(condition).min(1).optional()
    },
    get all() {
      return z.array(condition).min(1).optional()
    },
  })
  .refine((written) => Object.keys(written).length > 0, {
    error: 'A condition needs at least one key.',
    when: ({ issues }) => issues.length === 0,
  })

/** A condition as the engine has it. */
export function conditionOf(written: WrittenCondition): Condition {
  const { groups, clients, browser, not, any, all } = written
  const parts: readonly (Condition | null)[] = [
    groups ? { is: 'groups', oneOf: groups } : null,
    clients ? { is: 'clients', oneOf: clients } : null,
    written.networks ? networks(...written.networks) : null,
    written.times ? times(written.times.zone, written.times.days, written.times.hours) : null,
    browser ? { is: 'browser', oneOf: [browser] } : null,
    written.authenticator ? bindingOf(written.authenticator) : null,
    not ? { is: 'not', of: conditionOf(not) } : null,
    any ? { is: 'any', of: any.map(conditionOf) } : null,
    all ? { is: 'all', of: all.map(conditionOf) } : null,
  ]
  const of = parts.filter((part) => part !== null)
  return of.length === 1 && of[0] ? of[0] : { is: 'all', of }
}

function bindingOf({ of, olderThan, youngerThan }: NonNullable<Leaves['authenticator']>): Condition {
  const named = of ? [...new Set(of.flatMap(membersOf))] : factorNames
  return olderThan === undefined
    ? authenticatorAge(named, 'younger', youngerThan ?? 0)
    : authenticatorAge(named, 'older', olderThan)
}
