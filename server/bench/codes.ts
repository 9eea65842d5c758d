import { type BuiltFactor, builtFactors } from '#shared/factors/index.ts'
import { canonical } from '#shared/username.ts'
import type { BenchCode } from '#shared/wire/bench.ts'
import type { AppContext } from '../context/app-context.ts'
import type { Factor } from '../factors/contract/factor.ts'
import { factors } from '../factors/registry.ts'
import type { PeopleFile } from '../people/file.ts'

/** The codes that a tester would read off the devices of a demo person; null for everybody else. */
export async function codesOf(
  { store, now }: AppContext,
  people: PeopleFile,
  username: string,
): Promise<readonly BenchCode[] | null> {
  if (!people.some((one) => one.username === username)) return null
  const person = await store.people.byName(canonical(username) ?? '')
  if (!person) return null
  const codes = builtFactors.map(async (id) => {
    const factor: Factor<BuiltFactor, unknown> = factors[id]
    const devices = factor.demonstrate ? await store.authenticators.list(person.id, id) : []
    return devices.flatMap(({ label, credential }) => {
      const shown = factor.demonstrate?.(credential, now())
      return shown ? [{ factor: id, label, ...shown }] : []
    })
  })
  // Sorted, since the store's order is by random identifiers.
  return (await Promise.all(codes)).flat().toSorted((a, b) => (a.label < b.label ? -1 : 1))
}
