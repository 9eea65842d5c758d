import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WritesLost } from '#server/store/group-commit.ts'
import { lock } from '../locker.ts'
import { fill, later, type Opened, opened, openedAt } from './opened.ts'

// Decision 40: writes of one turn share a transaction. Nobody may notice by an answer that leaves too early, by an error
// of somebody else, or by reading what is undone afterwards.

let house: Opened
beforeEach(async () => {
  house = await opened()
})
afterEach(() => house.done())

const big = { text: 'x'.repeat(100_000) }
const person = (id: string) => ({ id, username: id, name: null, email: null, groups: [] })
/** Makes the commit of the group that is open fail. */
const loseCommit = (database: DatabaseSync) =>
  database.exec("PRAGMA defer_foreign_keys=1; INSERT INTO person_names VALUES ('nobody', 'nobody')")
const isThere = async (id: string) => (await house.store.documents.get('Doc', id)) !== null

test('of two that change one revision in one group, one does; and of two that spend, take or add', async () => {
  const { documents, attempts, authenticators, people } = house.store
  const twice = async (once: () => Promise<unknown>) => (await Promise.all([once(), once()])).filter(Boolean).length
  const one = { id: 'a', account: 'ada', factor: 'password', label: 'Password', credential: {}, revision: 0 } as const
  await people.put(person('ada'), ['ada'])
  await documents.put('Doc', 'a', {}, later)
  const won = await house.store.unit(async () => [
    await twice(() => documents.add('Doc', 'b', {}, later)),
    await twice(() => documents.replace('Doc', 'a', 0, {}, later)),
    await twice(() => documents.consume('Doc', 'a', 1)),
    await twice(() => documents.take('Doc', 'a')),
    await twice(() => attempts.replace('k', null, { failures: 1, lockedUntil: 0, forgottenAt: later, revision: 0 })),
    await twice(() => authenticators.add(one, 0)),
    await twice(() => authenticators.update(one)),
  ])
  expect(won).toEqual([1, 1, 1, 1, 1, 1, 1])
})

test('a constraint of one, and a transaction that throws, fail no other in their group', async () => {
  const { store } = house
  await store.people.put(person('ada'), ['ada'])
  const units = [
    store.unit(() => store.documents.put('Doc', 'first', {}, later)),
    store.unit(() => store.people.put(person('eve'), ['ada'])),
    store.unit(() =>
      store.transaction(async (inside) => {
        await inside.documents.put('Doc', 'undone', {}, later)
        throw new Error('mine')
      }),
    ),
    store.unit(() => store.documents.put('Doc', 'last', {}, later)),
  ]
  const outcomes = await Promise.allSettled(units)
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
  expect([await isThere('first'), await isThere('undone'), await isThere('last')]).toEqual([true, false, true])
})

test('a full store fails everybody in the group, nothing of it is there, and it goes on once there is room', async () => {
  const { store, database } = house
  const full = fill(database)
  const outcomes = await Promise.allSettled([
    store.unit(() => store.documents.add('Doc', 'small', {}, later)),
    store.unit(() => store.documents.put('Doc', 'queued', {}, later)),
    store.unit(() => store.documents.get('Doc', 'small')),
    store.unit(() => store.documents.add('Doc', 'big', big, later)),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected'])
  expect(outcomes[0]).toMatchObject({ reason: expect.any(WritesLost) })
  for (const id of ['small', 'queued', 'big']) expect(await isThere(id)).toBe(false)
  full.release()
  expect(await store.documents.add('Doc', 'small', {}, later)).toBe(true)
})

test('what is queued and cannot be carried out fails those who queued it, whoever has it carried out', async () => {
  const { store, database } = house
  database.exec(
    "CREATE TRIGGER bad BEFORE INSERT ON documents WHEN NEW.kind = 'Bad' BEGIN SELECT raise(ABORT, 'bad'); END",
  )
  const putting = ['Doc', 'Bad'].map((kind) => store.unit(() => store.documents.put(kind, 'one', {}, later)))
  const outcomes = await Promise.allSettled([...putting, store.documents.get('Doc', 'other')])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(await isThere('one')).toBe(false)
})

test('a transaction that goes on after SQLite ended it writes nothing more', async () => {
  const { store, database } = house
  const full = fill(database)
  const going = store.transaction(async (inside) => {
    await inside.documents.add('Doc', 'big', big, later).catch(() => {})
    full.release()
    await inside.documents.add('Doc', 'small', {}, later)
  })
  await expect(going).rejects.toThrow(WritesLost)
  expect(await isThere('small')).toBe(false)
})

test('what was read of a group that is lost is not remembered', async () => {
  const { store, database } = house
  await store.documents.put('Doc', 'one', { by: 'before' }, later)
  const full = fill(database)
  const seen: unknown[] = []
  const look = async () => seen.push((await store.documents.get('Doc', 'one'))?.value)
  await store
    .unit(async () => {
      await store.documents.replace('Doc', 'one', 0, { by: 'nobody' }, later)
      await look()
      await store.people.put({ ...person('ada'), attributes: big }, ['ada']).catch(() => {})
      await look()
    })
    .catch(() => {})
  expect(seen).toEqual([{ by: 'nobody' }, { by: 'before' }])
  full.release()
})

test('who reads what another has read in an open group waits for its commit, and fails with it', async () => {
  const { store, database } = house
  await store.documents.put('Doc', 'one', { by: 'before' }, later)
  const read = Promise.withResolvers<void>()
  const look = async () => (await store.documents.get('Doc', 'one'))?.value
  const writer = store.unit(async () => {
    await store.documents.replace('Doc', 'one', 0, { by: 'nobody' }, later)
    expect(await look()).toEqual({ by: 'nobody' })
    loseCommit(database)
    read.resolve()
  })
  const reader = read.promise.then(() => store.unit(look))
  const outside = read.promise.then(look)
  const outcomes = await Promise.allSettled([writer, reader, outside])
  expect(outcomes.slice(0, 2).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  // Outside of a unit nobody else waits: what is read is what is committed.
  expect(outcomes[2]).toMatchObject({ value: { by: 'before' } })
})

test('the store from outside, used in a transaction, is an error and no wait without an end', async () => {
  const { store } = house
  const inTransaction = store.transaction(() => store.documents.put('Doc', 'one', {}, later))
  await expect(inTransaction).rejects.toThrow('A transaction has a store of its own.')
  await store.documents.put('Doc', 'one', {}, later)
})

test('while another process has the lock everybody’s writes wait, and each is made once', async () => {
  const { store, file } = house
  const locker = await lock(file)
  const charged = { failures: 1, lockedUntil: 0, forgottenAt: later, revision: 0 }
  const units = [
    store.unit(() => store.documents.put('Doc', 'queued', {}, later)),
    store.unit(() => store.documents.add('Doc', 'added', {}, later)),
    store.unit(() =>
      store.transaction((inside) => inside.attempts.replace('k', null, charged), { syncedWithAnswer: true }),
    ),
  ]
  await pause(100)
  await locker.release()
  expect(await Promise.all(units)).toEqual([undefined, true, true])
  expect((await store.documents.get('Doc', 'queued'))?.revision).toBe(0)
  expect(await store.attempts.get('k')).toEqual(charged)
})

test('closing waits for the transaction under way, and keeps it whole', async () => {
  const { store, file } = house
  const between = Promise.withResolvers<void>()
  const writing = store.transaction(async (inside) => {
    await inside.documents.add('Doc', 'one', {}, later)
    await between.promise
    return inside.documents.add('Doc', 'two', {}, later)
  })
  const closed = pause().then(() => store.close())
  await pause(20)
  between.resolve()
  await Promise.all([writing, closed])
  house = { ...house, ...(await openedAt(file)) }
  expect([await isThere('one'), await isThere('two')]).toEqual([true, true])
})

test('the store is ready when that is committed, for everybody who asked', async () => {
  const { store, database } = house
  let shared: Promise<void> | null = null
  const asking = [1, 2].map(() =>
    store.unit(() => {
      shared ??= store.ready()
      return shared
    }),
  )
  loseCommit(database)
  const outcomes = await Promise.allSettled(asking)
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})
