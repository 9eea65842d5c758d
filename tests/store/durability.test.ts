import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { sealWith } from '#server/secrets/seal.ts'
import { openDatabase, storeOn } from '#server/store/sqlite.ts'
import type { Store } from '#server/store/store.ts'

// Decision 7: what a power loss must not undo is synced when it is committed; what costs a sign-in at most is not.

const folder = mkdtempSync(join(tmpdir(), 'sallyport-durability-'))
const database = openDatabase(join(folder, 'test.sqlite'))
const store = await storeOn(database, sealWith([new Uint8Array(32).fill(7)]))
afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

const later = 4_000_000_000_000
const person = { id: 'ada', username: 'ada', name: null, email: null, groups: [] }
const authenticator = { id: 'a', account: 'ada', factor: 'password', label: 'Password', credential: {} } as const
const charged = { failures: 1, lockedUntil: 0, forgottenAt: 0, revision: 0 }
const entry = {
  kind: 'refused',
  run: null,
  signIn: 's',
  client: 'c',
  policy: 'h',
  where: null,
  authenticator: null,
  account: null,
  factor: 'password',
  why: 'wrong-password',
} as const
const put = (kind: string, id: string) => (to: Store) => to.documents.put(kind, id, {}, later)

/** The setting under which the last commit was made: it is changed before a commit that needs another one. */
const synced = () => database.prepare('PRAGMA synchronous').get()?.synchronous === 2

const durable: Readonly<Record<string, (to: Store) => Promise<unknown>>> = {
  'a person': (to) => to.people.put(person, ['ada']),
  'an authenticator': (to) => to.authenticators.add(authenticator, 0),
  'an authenticator’s compare-and-set': (to) => to.authenticators.update({ ...authenticator, revision: 0 }),
  'a spent code': (to) => to.documents.consume('AuthorizationCode', 'c', 1),
  'a document that is taken': (to) => to.documents.take('RefreshToken', 'r'),
  'a session that is removed': (to) => to.documents.remove('Session', 's'),
  'an interaction that is over': (to) => to.documents.remove('Interaction', 'i'),
  'what goes with a grant': (to) => to.documents.removeByGrant('AccessToken', 'g'),
  'what was proven, refused or issued': (to) => to.records.append(entry, 1),
  'a sign-in’s session': (to) => to.records.bind('s', 'session'),
  'an attempt': (to) => to.attempts.replace('k', null, charged),
  'attempts of several keys': (to) => to.attempts.putAll(new Map([['several', charged]])),
  'an attempt that is given back': (to) =>
    to.attempts.giveBack([{ key: 'k', lockedUntil: 0, freeFailures: 5, forgets: false }]),
  'attempts that are forgiven': (to) => to.attempts.clear(['k']),
  'a proof that was used before (RFC 9449 §11.1)': put('ReplayDetection', 'jti'),
  'a kind that nobody has thought about': put('Novelty', 'n'),
}
test.for(Object.keys(durable))('%s is synced, whatever was committed before', async (what) => {
  await put('Session', what)(store)
  expect(synced()).toBe(false)
  await durable[what]?.(store)
  expect(synced()).toBe(true)
})

test.for(['Interaction', 'Session', 'Grant', 'AuthorizationCode', 'AccessToken', 'RefreshToken', 'SignIn'])(
  'a new %s is not',
  async (kind) => {
    await put('Novelty', kind)(store)
    await put(kind, 'one')(store)
    expect(synced()).toBe(false)
    await put('Novelty', kind)(store)
    await store.documents.add(kind, 'two', {}, later)
    expect(synced()).toBe(false)
    await put('Novelty', kind)(store)
    expect(await store.documents.replace(kind, 'two', 0, {}, later)).toBe(true)
    expect(synced()).toBe(false)
  },
)

test('what was asked is not', async () => {
  await put('Novelty', 'asked')(store)
  await store.records.append({ ...entry, kind: 'opened' }, 1)
  expect(synced()).toBe(false)
})

test('a transaction is, with all that is in it', async () => {
  await put('Session', 'before')(store)
  await store.transaction(async (inside) => {
    await put('Session', 'within')(inside)
    await inside.records.append(entry, 1)
    await put('Session', 'within')(inside)
  })
  expect(synced()).toBe(true)
})

test('reading changes nothing', async () => {
  await put('Session', 'read')(store)
  await store.documents.get('Session', 'read')
  await store.people.get('ada')
  expect(synced()).toBe(false)
})
