import { afterEach, beforeEach, expect, test } from 'vitest'
import { chargeAttempt, refundAttempt, settleAttempt } from '#server/attempts/attempt.ts'
import { sealWith } from '#server/secrets/seal.ts'
import { attempts } from '#server/settings/attempts.ts'
import { openSqlite } from '#server/store/sqlite.ts'
import type { Store } from '#server/store/store.ts'
import type { BuiltFactor } from '#shared/factors/index.ts'

const limits = attempts.parse({ disable_after: 10 })
const factor = 'password' satisfies BuiltFactor
/** Here a factor is no more than a part of a key: the one that comes next will do. */
const another = 'totp' as string as BuiltFactor
const account = 'ada'
const by = { factor, name: 'ada', account, ids: null, address: '192.0.2.7', hasProof: false, device: null } as const
const now = 1_800_000_000_000

let store: Store
beforeEach(async () => {
  store = await openSqlite(':memory:', sealWith([new Uint8Array(32)]))
  await store.people.put({ id: account, username: 'ada', name: null, email: null, groups: [] }, ['ada'])
  for (const id of ['one', 'two']) await store.authenticators.add({ id, account, factor, label: id, credential: id }, 0)
  await store.authenticators.add({ id: 'other', account, factor: another, label: 'other', credential: 'other' }, 0)
})
afterEach(() => store.close())

const failures = async () => {
  const all = await store.authenticators.listAll(account)
  return Object.fromEntries(all.map(({ id, failures }) => [id, failures]))
}

test('an answer is charged to every authenticator that it may be checked against, and to no other factor’s', async () => {
  const { authenticators } = await chargeAttempt(store, limits, by, now)
  expect(authenticators.map(({ id }) => id)).toEqual(['one', 'two'])
  expect(await failures()).toEqual({ one: 1, two: 1, other: 0 })
})

test('using one of two takes all of its failures; the other one, which did not fail, has one less', async () => {
  for (let wrong = 0; wrong < 3; wrong++) await chargeAttempt(store, limits, by, now)
  const right = await chargeAttempt(store, limits, by, now)
  expect(await settleAttempt(store, right, 'one', now)).toBe(true)
  expect(await failures()).toEqual({ one: 0, two: 3, other: 0 })
  expect((await store.attempts.get('address 192.0.2.7'))?.failures).toBe(3)
  expect(await store.attempts.get('password of name ada')).toMatchObject({ failures: 0, forgottenAt: 0 })
  expect(await store.attempts.get('password of account ada')).toMatchObject({ failures: 0, forgottenAt: 0 })
})

test('what was not charged proves nothing: another factor’s, a disabled one, one whose secret was replaced', async () => {
  for (let wrong = 0; wrong < 10; wrong++)
    await store.authenticators.charge(account, factor, null, limits.disable_after, 'failures')
  expect((await store.authenticators.list(account, factor))[1]).toMatchObject({ id: 'two', failures: 10 })
  const [, two] = await store.authenticators.list(account, factor)
  const anew = two && (await store.authenticators.rebind({ ...two, credential: 'anew' }, 0))
  const right = await chargeAttempt(store, limits, by, now)
  expect(right.authenticators.map(({ id }) => id)).toEqual([anew])
  expect(await settleAttempt(store, right, 'one', now)).toBe(false)
  expect(await settleAttempt(store, right, 'other', now)).toBe(false)
  const [again] = right.authenticators
  if (again) await store.authenticators.rebind({ ...again, credential: 'once more' }, 0)
  expect(await settleAttempt(store, right, anew ?? '', now)).toBe(false)
})

test('a lock on one factor leaves another one alone', async () => {
  for (let wrong = 0; wrong < 5; wrong++) await chargeAttempt(store, limits, by, now)
  expect((await chargeAttempt(store, limits, by, now)).stopped).toBe('name')
  const other = await chargeAttempt(store, limits, { ...by, factor: another }, now)
  expect(other).toMatchObject({ stopped: null, lockedUntil: null, account })
  expect(other.authenticators.map(({ id }) => id)).toEqual(['other'])
})

test('a refund takes the attempt back, and the wait that it led to', async () => {
  for (let wrong = 0; wrong < 4; wrong++) await chargeAttempt(store, limits, by, now)
  for (let broken = 0; broken < 3; broken++) {
    const fifth = await chargeAttempt(store, limits, by, now)
    expect(fifth.lockedUntil).toBe(now + 60_000)
    await refundAttempt(store, fifth)
  }
  expect(await failures()).toEqual({ one: 4, two: 4, other: 0 })
  await chargeAttempt(store, limits, by, now)
  const sixth = await chargeAttempt(store, limits, by, now + 60_000)
  expect(sixth.lockedUntil).toBe(now + 180_000)
  await refundAttempt(store, sixth)
  expect(await chargeAttempt(store, limits, by, now + 60_001)).toMatchObject({ stopped: null })
})

test('in a browser of the person, what it was not signed in with is shut as in any other', async () => {
  const device = { account, authenticators: ['one'], device: 'hers', at: now }
  const inHers = async () =>
    (await chargeAttempt(store, limits, { ...by, device }, now)).authenticators.map(({ id }) => id)
  expect(await inHers()).toEqual(['one', 'two'])
  for (let wrong = 0; wrong < limits.disable_after; wrong++)
    await store.authenticators.charge(account, factor, null, limits.disable_after, 'failures')
  expect(await inHers()).toEqual(['one'])
})
