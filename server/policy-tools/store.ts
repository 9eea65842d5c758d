import type { z } from 'zod'
import type { PolicyPerson } from '#shared/policy/tools/simulate.ts'
import { canonical } from '#shared/username.ts'
import type { AppContext } from '../context/app-context.ts'
import { appliedTo, enrolledBy } from '../evidence/facts.ts'
import type { who } from './question.ts'

/** The people of the store who are named. Described people need no account, and disabled ones are left out. */
export async function peopleOfStore(
  app: AppContext,
  given: readonly z.output<typeof who>[],
): Promise<readonly PolicyPerson[]> {
  const { store } = app
  const { policies } = app.config.checked
  const names = [...new Set(given.filter((one) => typeof one === 'string'))]
  const people = names.map(async (name): Promise<readonly PolicyPerson[]> => {
    const person = await store.people.byName(canonical(name) ?? '')
    if (!person || person.disabled) return []
    const enrolled = await enrolledBy(app, person.id, null)
    const since = policies.map(async (policy) => [policy.name, await appliedTo(app, policy, person.id)] as const)
    return [{ name, groups: person.groups, enrolled, appliedSince: new Map(await Promise.all(since)) }]
  })
  return (await Promise.all(people)).flat()
}
