import type { z } from 'zod'
import type { Person } from '#shared/policy/tools/simulate.ts'
import { canonical } from '#shared/username.ts'
import type { House } from '../context/app-context.ts'
import { appliedTo, enrolledBy } from '../evidence/facts.ts'
import type { who } from './question.ts'

/** Those of the store who are named; who is described needs no account, and who is disabled has none. */
export async function peopleOfStore(house: House, given: readonly z.output<typeof who>[]): Promise<readonly Person[]> {
  const { store } = house
  const { policies } = house.config.draft
  const names = [...new Set(given.filter((one) => typeof one === 'string'))]
  const people = names.map(async (name): Promise<readonly Person[]> => {
    const person = await store.people.named(canonical(name) ?? '')
    if (!person || person.disabled) return []
    const enrolled = await enrolledBy(house, person.id, null)
    const since = policies.map(async (policy) => [policy.name, await appliedTo(house, policy, person.id)] as const)
    return [{ name, groups: person.groups, enrolled, appliedSince: new Map(await Promise.all(since)) }]
  })
  return (await Promise.all(people)).flat()
}
