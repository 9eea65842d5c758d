import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Store } from '#server/store/store.ts'
import { rounds } from '../exhaustive.ts'
import { later, opened } from './opened.ts'

// What is read twice in a turn of the event loop is read once: nobody may see by it what is not so any more, or was undone.

const kinds = ['Session', 'Novelty'] as const
const ids = ['a', 'b'] as const
const people = ['ada', 'eve'] as const

const key = fc.record({ kind: fc.constantFrom(...kinds), id: fc.constantFrom(...ids) })
const account = fc.constantFrom(...people)
const write = fc.oneof(
  fc.record({ does: fc.constant('put' as const), key }),
  fc.record({ does: fc.constant('add' as const), key }),
  fc.record({ does: fc.constant('replace' as const), key }),
  fc.record({ does: fc.constant('consume' as const), key }),
  fc.record({ does: fc.constant('take' as const), key }),
  fc.record({ does: fc.constant('removeOfKind' as const), key }),
  fc.record({ does: fc.constant('end' as const), account }),
  fc.record({ does: fc.constant('charge' as const), account }),
)
type Write = typeof write extends fc.Arbitrary<infer T> ? T : never
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: fc.constant('look' as const), outside: fc.boolean() }) },
  { weight: 5, arbitrary: write },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('turn' as const) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('prefetch' as const), keys: fc.tuple(key, key) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('race' as const), key }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('transaction' as const), writes: fc.array(write), keeps: fc.boolean() }),
  },
)

const owner = (id: string) => `of ${id}`
let values = 0

async function writeTo(store: Store, one: Write): Promise<unknown> {
  const value = { value: values++ }
  if (one.does === 'end') return store.people.endBefore(one.account, values)
  if (one.does === 'charge') return store.authenticators.charge(one.account, 'password', null, 100, 'failures')
  const { kind, id } = one.key
  switch (one.does) {
    case 'put':
      return store.documents.put(kind, id, value, later, { uid: id, account: owner(id) })
    case 'add':
      return store.documents.add(kind, id, value, later)
    case 'replace':
      return store.documents.replace(kind, id, (await store.documents.get(kind, id))?.revision ?? 0, value, later)
    case 'consume':
      return store.documents.consume(kind, id, values)
    case 'take':
      return store.documents.take(kind, id)
    case 'removeOfKind':
      return store.documents.removeOfAccount(kind, owner(id))
  }
}

/** All that a store remembers. */
async function seenIn({ documents, people: persons, authenticators }: Store) {
  const seen: unknown[] = []
  for (const kind of kinds)
    for (const id of ids) seen.push(await documents.get(kind, id), (await documents.byUid(kind, id))?.value)
  for (const id of people) seen.push(await persons.get(id), await authenticators.listAll(id))
  return seen
}

class Undone extends Error {}

test('whatever is read, written and undone in one turn or several, a store says what it would say without remembering', {
  timeout: 120_000,
}, async () => {
  const { store, done } = await opened()
  for (const id of people) {
    await store.people.put({ id, username: id, name: null, email: null, groups: [] }, [id])
    await store.authenticators.add({ id, account: id, factor: 'password', label: 'Password', credential: {} }, 0)
  }
  // A transaction remembers nothing; the turn goes on after it.
  const truth = () => store.transaction(seenIn, { committedWithAnswer: true })
  const look = async (outside: boolean) => {
    const seen = await (outside ? seenIn(store) : store.unit(() => seenIn(store)))
    expect(seen).toEqual(await truth())
  }
  const run = async (steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]) => {
    for (const one of steps)
      switch (one.does) {
        case 'look':
          await seenIn(store)
          await look(one.outside)
          break
        case 'turn':
          await turn()
          break
        case 'prefetch': {
          const [first, second] = one.keys.map(({ kind, id }) => [kind, id] as const)
          if (first && second) await store.documents.prefetch([first, second], first)
          break
        }
        case 'race': {
          const { kind, id } = one.key
          const put = { does: 'put', key: one.key } as const
          await Promise.all([store.documents.get(kind, id), writeTo(store, put), store.documents.byUid(kind, id)])
          break
        }
        case 'transaction': {
          const made = store.transaction(async (inside) => {
            for (const each of one.writes) await writeTo(inside, each)
            if (!one.keeps) throw new Undone()
          })
          // Others read meanwhile.
          await Promise.all([seenIn(store), made.catch((error: unknown) => expect(error).toBeInstanceOf(Undone))])
          break
        }
        default:
          await writeTo(store, one)
      }
    await look(false)
  }
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), (steps) => store.unit(() => run(steps))),
    { numRuns: rounds(100, 2000) },
  )
  await done()
})
