import { z } from 'zod'
import { type Ask, askOf } from '#shared/ask.ts'
import type { Evidence } from '#shared/evidence.ts'
import type { FactorId } from '#shared/factors/table.ts'
import { potentialOf } from '#shared/policy/policy.ts'
import type { Party, Person } from '#shared/policy/simulate.ts'
import { closest } from '../config/closest.ts'
import type { Rulebook } from '../config/rulebook.ts'
import { Refused } from '../refused.ts'
import { factor, personWith } from './people.ts'

export const who = z
  .union([
    z.string().min(1),
    z.strictObject({ groups: z.array(z.string()).default([]), has: z.array(factor).default([]) }),
  ])
  .describe('A username, or somebody in these groups who has these factors')

export const asks = z
  .strictObject({
    acr_values: z.string().optional(),
    max_age: z.int().min(0).optional(),
    prompt: z.literal('login').optional(),
    claims: z.string().optional().describe('The claims parameter, in JSON'),
  })
  .describe('Parameters of the authorization request')

const instant = z.iso.datetime({ offset: true })

/** Who asks what of whom, and when. */
export const question = z.strictObject({
  who,
  client: z.string().describe('The id of a client'),
  asks: asks.default({}),
  at: instant.optional().describe('When; now where it is left out'),
  proven: z.array(factor).default([]).describe('What has been proven a moment ago'),
})
export type Question = z.output<typeof question>

/** The one who is named; refuses somebody whom nobody knows. */
export function personNamed(given: z.output<typeof who>, people: readonly Person[]): Person {
  if (typeof given === 'object') return personWith('somebody', given.groups, given.has)
  return found(
    given,
    people.map((one) => [one.name, one]),
    'person',
  )
}

export const partyNamed = (id: string, { parties }: Rulebook): Party => found(id, [...parties], 'client')

function found<T>(name: string, all: readonly (readonly [string, T])[], what: string): T {
  const [, one] = all.find(([known]) => known === name) ?? []
  if (one) return one
  const near = closest(
    name,
    all.map(([known]) => known),
    ' Did you mean "%"?',
  )
  throw new Refused(`There is no ${what} "${name}".${near}`)
}

export const askWith = (client: string, parameters: z.output<typeof asks>): Ask => askOf(client, parameters, null)

/** What somebody has proven with these factors, each with another authenticator. */
export function evidenceFor(
  { name, enrolled }: Person,
  factors: readonly FactorId[],
  now: number,
): readonly Evidence[] {
  const used = new Set<string>()
  return factors.map((factor) => {
    const mine = enrolled.find((one) => one.factor === factor && !used.has(one.id))
    const [proof] = potentialOf({ factor })
    if (!mine || !proof) throw new Refused(`${name} has no ${factor} to prove anything with.`)
    used.add(mine.id)
    return { ...proof, id: mine.id, account: name, factor, authenticator: mine.id, at: now, current: true }
  })
}
