import { z } from 'zod'
import { type AuthorizationRequest, requestFrom } from '#shared/authorization-request.ts'
import type { Evidence } from '#shared/evidence.ts'
import type { FactorId } from '#shared/factors/table.ts'
import { potentialOf } from '#shared/policy/rules/policy.ts'
import type { Party, PolicyPerson, Setting } from '#shared/policy/tools/simulate.ts'
import type { Rulebook } from '../config/rulebook.ts'
import { deepestClaims, hasUniqueMembers } from '../http/duplicate-members.ts'
import { closestWord } from '../operator/closest-word.ts'
import { OperatorError } from '../operator/operator-error.ts'
import { instant, instantOf } from './instant.ts'
import { factor, personWith } from './people.ts'

export const who = z
  .union([
    z.string().min(1),
    z.strictObject({ groups: z.array(z.string()).default([]), has: z.array(factor).default([]) }),
  ])
  .describe('A username, or somebody in these groups who has these factors')

/** Whether a `claims` parameter is an object: the engine takes no other (OpenID Connect Core 1.0 §5.5). */
function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}

export const asks = z
  .strictObject({
    acr_values: z.string().optional(),
    max_age: z.int().min(0).optional(),
    prompt: z.literal('login').optional(),
    claims: z
      .string()
      .refine(isObject, { error: 'The claims parameter is a JSON object.', abort: true })
      .refine((json) => hasUniqueMembers(json, deepestClaims), 'No member of the claims parameter stands twice.')
      .optional()
      .describe('The claims parameter, in JSON'),
  })
  .describe('Parameters of the authorization request')

/** The circumstances of a request: what a policy sees besides the person and the request itself. */
export const circumstances = {
  at: instant.optional().describe('When (ISO 8601); now where it is left out'),
  browser: z.enum(['known', 'new']).optional().describe('Whether the person has been in this browser; else unknown'),
}
export const address = z
  .union([z.ipv4(), z.ipv6()], { error: 'A network address is written as 192.0.2.7 or 2001:db8::7.' })
  .describe('The network address; unknown where it is left out')

/** A question to a policy: the person, the client, the request, and its circumstances. */
export const question = z.strictObject({
  who,
  client: z.string().describe('The id of a client'),
  asks: asks.default({}),
  from: address.optional(),
  ...circumstances,
  proven: z.array(factor).default([]).describe('What has been proven a moment ago'),
})
export type PolicyQuestion = z.output<typeof question>

/** The person who is named or described. Throws {@link OperatorError} for a name that nobody has. */
export function personNamed(given: z.output<typeof who>, people: readonly PolicyPerson[]): PolicyPerson {
  if (typeof given === 'object')
    return personWith(
      'somebody',
      given.groups,
      given.has.map((one) => ({ factor: one })),
    )
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
  const near = closestWord(
    name,
    all.map(([known]) => known),
    ' Did you mean "%"?',
  )
  throw new OperatorError(`There is no ${what} "${name}".${near}`)
}

export interface DescribedPerson {
  readonly at?: string | undefined
  readonly browser?: Setting['browser'] | undefined
}
export function settingFor({ at, browser }: DescribedPerson, from: string | null, now: Date): Setting {
  const asked = at === undefined ? now.getTime() : instantOf(at)
  if (asked === null) throw new Error('A question was asked that its schema does not let pass.')
  return { now: asked, address: from, browser: browser ?? null }
}

/** The authorization request as the engine would take it: with the client's defaults. */
export function askWith({ id, defaultAcr = [] }: Party, parameters: z.output<typeof asks>): AuthorizationRequest {
  const acr_values = parameters.acr_values || defaultAcr.join(' ')
  return requestFrom(id, { ...parameters, acr_values }, null)
}

/** Evidence of these factors, each proven with another authenticator. */
export function evidenceFor(
  { name, enrolled }: PolicyPerson,
  factors: readonly FactorId[],
  now: number,
): readonly Evidence[] {
  const used = new Set<string>()
  return factors.map((factor) => {
    const mine = enrolled.find((one) => one.factor === factor && !used.has(one.id))
    const [proof] = potentialOf({ factor })
    if (!mine || !proof) throw new OperatorError(`${name} has no ${factor} to prove anything with.`)
    used.add(mine.id)
    return { ...proof, id: mine.id, account: name, factor, authenticator: mine.id, at: now, current: true }
  })
}
