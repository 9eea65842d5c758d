import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '#server/store/store.ts'
import { attemptsContract } from './attempts.contract.ts'
import { authenticatorsContract, fifty } from './authenticators.contract.ts'
import { recordsContract } from './records.contract.ts'

const later = 4_000_000_000_000

/** What every store promises. `open` gives an empty one. */
export function storeContract(name: string, open: () => Promise<{ store: Store; done: () => Promise<void> }>): void {
  describe(`the store contract on ${name}`, () => {
    let store: Store
    let done: () => Promise<void>
    beforeAll(async () => {
      const opened = await open()
      store = opened.store
      done = opened.done
    })
    afterAll(() => done())

    test('a document is found by its kind and id, and by nothing else', async () => {
      await store.documents.put('A', 'one', { it: 1 }, later, { uid: 'u1', grant: 'g1' })
      expect((await store.documents.get('A', 'one'))?.value).toEqual({ it: 1 })
      expect((await store.documents.byUid('A', 'u1'))?.value).toEqual({ it: 1 })
      for (const [kind, id] of [
        ['B', 'one'],
        ['A', 'One'],
        ['A', 'on'],
        ['A', 'one '],
      ] as const)
        expect(await store.documents.get(kind, id)).toBeNull()
      expect(await store.documents.byUid('B', 'u1')).toBeNull()
    })

    test('a document is found by whose it is, and removed by its uid, of its own kind alone', async () => {
      for (const kind of ['S', 'T']) await store.documents.put(kind, 'x', { kind }, later, { uid: 'u2', account: 'a1' })
      expect((await store.documents.ofAccount('S', 'a1')).map(({ value }) => value)).toEqual([{ kind: 'S' }])
      expect(await store.documents.ofAccount('S', 'a2')).toEqual([])
      await store.documents.removeByUid('S', 'u2')
      expect(await store.documents.ofAccount('S', 'a1')).toEqual([])
      expect(await store.documents.get('T', 'x')).not.toBeNull()
    })

    test('of fifty that spend one document at once, one does', async () => {
      await store.documents.put('Code', 'c', {}, later)
      const spent = await Promise.all(fifty.map(() => store.documents.consume('Code', 'c', 1)))
      expect(spent.filter(Boolean)).toHaveLength(1)
      expect((await store.documents.get('Code', 'c'))?.consumedAt).toBe(1)
      expect(await store.documents.consume('Code', 'absent', 1)).toBe(false)
    })

    test('of fifty that take one document at once, one gets it', async () => {
      await store.documents.put('Once', 'o', {}, later)
      const taken = await Promise.all(fifty.map(() => store.documents.take('Once', 'o')))
      expect(taken.filter(Boolean)).toHaveLength(1)
    })

    test('of fifty that change one revision at once, one does; a stale revision changes nothing', async () => {
      expect(await store.documents.add('Doc', 'd', { by: 'nobody' }, later)).toBe(true)
      expect(await store.documents.add('Doc', 'd', { by: 'twice' }, later)).toBe(false)
      const changed = await Promise.all(fifty.map((by) => store.documents.replace('Doc', 'd', 0, { by }, later)))
      expect(changed.filter(Boolean)).toHaveLength(1)
      expect(await store.documents.get('Doc', 'd')).toMatchObject({ revision: 1, value: { by: changed.indexOf(true) } })
    })

    test('a grant takes its documents of one kind with it', async () => {
      await store.documents.put('Token', 't1', {}, later, { grant: 'g' })
      await store.documents.put('Token', 't2', {}, later, { grant: 'other' })
      await store.documents.removeByGrant('Token', 'g')
      expect(await store.documents.get('Token', 't1')).toBeNull()
      expect(await store.documents.get('Token', 't2')).not.toBeNull()
    })

    test('a sweep takes what has expired, and nothing else', async () => {
      await store.documents.put('Old', 'old', {}, 1000)
      await store.documents.put('Old', 'new', {}, later)
      await store.sweep({ expired: 2000, records: 0, addresses: 0 })
      expect(await store.documents.get('Old', 'old')).toBeNull()
      expect(await store.documents.get('Old', 'new')).not.toBeNull()
    })

    test('a person is found by every name, and a name belongs to one person', async () => {
      const plain = { id: 'p1', username: 'Ada', name: null, email: 'ada@example.test', groups: ['a', 'b'] }
      const attributes = { department: 'treasury', levels: [1, 2] }
      const ada = { ...plain, attributes, disabled: true, notBefore: null }
      await store.people.put(ada, ['ada', 'ada@example.test'])
      expect(await store.people.byName('ada@example.test')).toEqual(ada)
      await expect(store.people.put({ ...ada, id: 'p2' }, ['ada'])).rejects.toThrow()
      await store.people.put(plain, ['ada'])
      expect(await store.people.byName('ada@example.test')).toBeNull()
      expect(await store.people.get('p1')).toEqual({ ...plain, attributes: {}, disabled: false, notBefore: null })
      expect(await store.people.namesOf('p1')).toEqual(['ada'])
    })

    test('what was ended stays ended: an earlier instant changes nothing, nor does an import', async () => {
      const plain = { id: 'p20', username: 'Eve', name: null, email: null, groups: [] }
      const endedAt = async () => (await store.people.get('p20'))?.notBefore
      await store.people.put(plain, ['eve'])
      await store.people.endBefore('p20', 7)
      await store.people.endBefore('p20', 5)
      await store.people.put({ ...plain, notBefore: null }, ['eve'])
      expect(await endedAt()).toBe(7)
      await store.people.endBefore('p20', 9)
      expect(await endedAt()).toBe(9)
      await store.people.setNotBefore('p20', 8)
      expect(await endedAt()).toBe(8)
    })

    test('an account takes its documents of one kind with it; keys that begin alike are cleared together', async () => {
      await store.documents.put('Session', 's1', {}, later, { account: 'p21' })
      await store.documents.put('Session', 's2', {}, later, { account: 'p22' })
      await store.documents.put('Consent', 's1', {}, later, { account: 'p21' })
      await store.documents.removeOfAccount('Session', 'p21')
      expect(await store.documents.get('Session', 's1')).toBeNull()
      expect(await store.documents.get('Session', 's2')).not.toBeNull()
      expect(await store.documents.get('Consent', 's1')).not.toBeNull()

      const counted = { failures: 1, lockedUntil: 0, forgottenAt: later, revision: 0 }
      const keys = ['x of p', 'x of p in a', 'x of p in b', 'x of q in a']
      for (const key of keys) await store.attempts.replace(key, null, counted)
      await store.attempts.clearAll('x of p ')
      const left = await Promise.all(keys.map((key) => store.attempts.get(key)))
      expect(left.map((one) => one !== null)).toEqual([true, false, false, true])
    })

    authenticatorsContract(() => store)

    test('a sign-in is tied to one session, however often it is tried', async () => {
      const proof = { methods: ['pwd'], proves: ['knows'] } as const
      const entry = {
        kind: 'proven',
        run: 'n1',
        signIn: 's1',
        account: 'p1',
        factor: 'password',
        authenticator: 'a',
        client: 'c',
        policy: 'hash',
        where: null,
        proof,
      } as const
      const id = await store.records.append(entry, 5)
      const last = await store.records.append(entry, 8)
      const bound = await Promise.all(fifty.map((at) => store.records.bind('s1', `session ${at % 2}`)))
      expect(bound.filter((at) => at === 8)).toHaveLength(25)
      expect(bound.filter((at) => at === null)).toHaveLength(25)
      const session = bound[0] ? 'session 0' : 'session 1'
      const [evidence] = await store.records.ofSession(session)
      expect(evidence).toMatchObject({ id, account: 'p1', methods: ['pwd'], at: 8, provenAt: 5, current: false })
      const current = [false, true].map((is) => [{ current: is }, { current: is }])
      expect(await store.records.ofSession(session, 'another')).toMatchObject(current[0] ?? [])
      expect(await store.records.ofSession(session, 's1')).toMatchObject(current[1] ?? [])
      expect(await store.records.ofRun('c', 'n1')).toMatchObject([{ id }, { id: last }])
      expect(await store.records.bind('nothing proven', session)).toBe(0)
      expect(await store.records.ofRun('another', 'n1')).toEqual([])
      expect((await store.records.ofSignIn('s1'))[0]).toMatchObject({ id, at: 5, current: true })
    })

    attemptsContract(() => store)

    recordsContract(() => store)

    test('a transaction that throws leaves nothing behind', async () => {
      const failing = store.transaction(async (inside) => {
        await inside.documents.put('Tx', 't', {}, later)
        throw new Error('half way')
      })
      await expect(failing).rejects.toThrow('half way')
      expect(await store.documents.get('Tx', 't')).toBeNull()
    })

    test('transactions at once happen one after the other, and nobody else is part of one', async () => {
      const half = fifty.map((at) =>
        store.transaction(async (inside) => {
          await inside.documents.put('Half', `${at}`, {}, later)
          if (at % 2) throw new Error('half way')
          await inside.documents.put('Half', `${at} whole`, {}, later)
        }),
      )
      const beside = fifty.map((at) => store.documents.put('Beside', `${at}`, {}, later))
      const done = await Promise.allSettled(half)
      await Promise.all(beside)
      expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(25)
      for (const at of fifty) {
        expect(await store.documents.get('Beside', `${at}`)).not.toBeNull()
        expect(!!(await store.documents.get('Half', `${at}`))).toBe(at % 2 === 0)
      }
    })

    test('a store that can be written is ready', async () => {
      await expect(store.ready()).resolves.toBeUndefined()
    })
  })
}
