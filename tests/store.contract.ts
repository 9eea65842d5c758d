import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '#server/store/store.ts'

const later = 4_000_000_000_000
const fifty = Array.from({ length: 50 }, (_, at) => at)

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
      await store.sweep(2000)
      expect(await store.documents.get('Old', 'old')).toBeNull()
      expect(await store.documents.get('Old', 'new')).not.toBeNull()
    })

    test('a person is found by every name, and a name belongs to one person', async () => {
      const plain = { id: 'p1', username: 'Ada', name: null, email: 'ada@example.test', groups: ['a', 'b'] }
      const ada = { ...plain, attributes: { department: 'treasury', levels: [1, 2] }, disabled: true }
      await store.people.put(ada, ['ada', 'ada@example.test'])
      expect(await store.people.named('ada@example.test')).toEqual(ada)
      await expect(store.people.put({ ...ada, id: 'p2' }, ['ada'])).rejects.toThrow()
      await store.people.put(plain, ['ada'])
      expect(await store.people.named('ada@example.test')).toBeNull()
      expect(await store.people.get('p1')).toEqual({ ...plain, attributes: {}, disabled: false })
    })

    test('of fifty that update one authenticator at once, one does; what is kept comes back', async () => {
      await store.people.put({ id: 'p3', username: 'g', name: null, email: null, groups: [] }, ['g'])
      const one = { id: 'a1', account: 'p3', factor: 'password', label: 'Password', kept: { argon2: 'x' } } as const
      await store.authenticators.add(one, 5)
      const updates = fifty.map((by) => store.authenticators.update({ ...one, kept: { by }, revision: 0 }))
      const updated = await Promise.all(updates)
      expect(updated.filter(Boolean)).toHaveLength(1)
      const [kept] = await store.authenticators.list('p3', 'password')
      expect(kept).toMatchObject({ revision: 1, boundAt: 5, kept: { by: updated.indexOf(true) } })
      expect(await store.authenticators.update({ ...one, account: 'p1', revision: 1 })).toBe(false)
    })

    test('an authenticator is found by what it calls itself, and of fifty that take one name, one gets it', async () => {
      await store.people.put({ id: 'h1', username: 'h1', name: null, email: null, groups: [] }, ['h1'])
      const one = { account: 'h1', factor: 'totp', kept: 'secret', handle: 'serial 7' } as const
      const adding = fifty.map((by) => store.authenticators.add({ ...one, id: `h${by}`, label: `${by}` }, 0))
      const added = await Promise.all(adding)
      expect(added.filter(Boolean)).toHaveLength(1)
      const id = `h${added.indexOf(true)}`
      const found = await store.authenticators.find('totp', 'serial 7')
      expect(found).toMatchObject({ id, account: 'h1', handle: 'serial 7' })
      expect(found).not.toHaveProperty('kept')
      expect(await store.authenticators.find('password', 'serial 7')).toBeNull()
      expect(await store.authenticators.remove({ id, account: 'p1' })).toBe(false)
      expect(await store.authenticators.remove({ id, account: 'h1' })).toBe(true)
      expect(await store.authenticators.find('totp', 'serial 7')).toBeNull()
    })

    const enrol = async (account: string, ids: readonly string[]) => {
      await store.people.put({ id: account, username: account, name: null, email: null, groups: [] }, [account])
      for (const id of ids)
        await store.authenticators.add({ id, account, factor: 'password', label: id, kept: { secret: id } }, 0)
    }
    const failuresOf = async (account: string) =>
      (await store.authenticators.listAll(account)).map(({ failures }) => failures)

    test('of fifty attempts at once, no authenticator is given to more than it has failures left', async () => {
      await enrol('p4', ['c2', 'c1'])
      await enrol('p5', ['d1'])
      const given = await Promise.all(fifty.map(() => store.authenticators.charge('p4', 'password', null, 7)))
      expect(given.filter((each) => each.length > 0)).toHaveLength(7)
      expect(given[0]).toMatchObject([
        { id: 'c1', account: 'p4', failures: 1, revision: 0, kept: { secret: 'c1' }, lastUsedAt: null },
        { id: 'c2', account: 'p4', failures: 1, revision: 0, kept: { secret: 'c2' }, lastUsedAt: null },
      ])
      expect(await failuresOf('p4')).toEqual([7, 7])
      expect(await failuresOf('p5')).toEqual([0])
      expect(await store.authenticators.charge('nobody', 'password', null, 7)).toEqual([])
    })

    test('a refund takes one failure from each that has any; using one takes its failures alone', async () => {
      await enrol('p6', ['e1', 'e2', 'e3'])
      for (let attempt = 0; attempt < 2; attempt++) await store.authenticators.charge('p6', 'password', null, 9)
      await store.authenticators.refund([])
      expect(await failuresOf('p6')).toEqual([2, 2, 2])
      await store.authenticators.refund(['e1', 'e2'])
      expect(await failuresOf('p6')).toEqual([1, 1, 2])
      for (let more = 0; more < 3; more++) await store.authenticators.refund(['e1'])
      expect(await failuresOf('p6')).toEqual([0, 1, 2])
      expect(await store.authenticators.used({ id: 'e3', revision: 1 }, 5)).toBe(false)
      expect(await store.authenticators.used({ id: 'gone', revision: 0 }, 5)).toBe(false)
      expect(await store.authenticators.used({ id: 'e3', revision: 0 }, 5)).toBe(true)
      expect(await failuresOf('p6')).toEqual([0, 1, 0])
      const last = (await store.authenticators.list('p6', 'password')).map(({ lastUsedAt }) => lastUsedAt)
      expect(last).toEqual([null, null, 5])
    })

    test('changing what is kept leaves the failures; binding anew takes them', async () => {
      await enrol('p7', ['f1'])
      await store.authenticators.charge('p7', 'password', null, 9)
      const [one] = await store.authenticators.charge('p7', 'password', null, 9)
      if (!one) throw new Error('Nothing was charged.')
      await store.authenticators.used(one, 5)
      const [two] = await store.authenticators.charge('p7', 'password', null, 9)
      expect(two).toMatchObject({ failures: 1, lastUsedAt: 5, revision: 0 })
      expect(await store.authenticators.update({ ...one, kept: 'another' })).toBe(true)
      expect(await store.authenticators.rebind({ ...one, kept: 'late' }, 0)).toBe(null)
      expect(await store.authenticators.list('p7', 'password')).toMatchObject([
        { kept: 'another', revision: 1, failures: 1, lastUsedAt: 5 },
      ])
      const id = await store.authenticators.rebind({ ...one, revision: 1, kept: 'new' }, 9)
      expect(id).not.toBe(one.id)
      expect(await store.authenticators.list('p7', 'password')).toMatchObject([
        { id, kept: 'new', revision: 2, failures: 0, lastUsedAt: null, boundAt: 9 },
      ])
    })

    test('all authenticators of a person are told without their secrets', async () => {
      await enrol('p8', ['g2', 'g1'])
      const all = await store.authenticators.listAll('p8')
      expect(all.map(({ id }) => id)).toEqual(['g1', 'g2'])
      expect(Object.keys(all[0] ?? {}).sort()).toEqual(
        ['account', 'boundAt', 'factor', 'failures', 'handle', 'id', 'label', 'lastUsedAt', 'revision'].sort(),
      )
      expect(await store.authenticators.listAll('nobody')).toEqual([])
    })

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
      const bound = await Promise.all(fifty.map((at) => store.records.bind('s1', `session ${at % 2}`, 10 + at)))
      expect(bound.filter(Boolean)).toHaveLength(25)
      const session = bound[0] ? 'session 0' : 'session 1'
      const [evidence] = await store.records.ofSession(session)
      expect(evidence).toMatchObject({ id, account: 'p1', methods: ['pwd'], current: false })
      expect(evidence?.at).toBeGreaterThanOrEqual(10)
      expect(await store.records.ofRun('c', 'n1')).toMatchObject([{ id, kind: 'proven' }])
      expect(await store.records.ofRun('another', 'n1')).toEqual([])
      expect((await store.records.ofSignIn('s1'))[0]).toMatchObject({ id, at: 5, current: true })
    })

    test('of fifty attempts that are charged at once on one state, one is', async () => {
      const next = { failures: 1, lockedUntil: 0, forgottenAt: 1, revision: 0 }
      const charged = await Promise.all(fifty.map(() => store.attempts.replace('k', null, next)))
      expect(charged.filter(Boolean)).toHaveLength(1)
      const seen = await store.attempts.get('k')
      const again = await Promise.all(fifty.map((failures) => store.attempts.replace('k', seen, { ...next, failures })))
      expect(again.filter(Boolean)).toHaveLength(1)
      await store.attempts.replace('l', null, next)
      await store.attempts.clear(['k', 'absent'])
      expect(await store.attempts.get('k')).toBeNull()
      expect(await store.attempts.get('l')).toEqual(next)
    })

    test('a sweep takes attempts that count no more, and no others', async () => {
      const next = { failures: 5, lockedUntil: 900, revision: 0 }
      await store.attempts.replace('forgotten', null, { ...next, forgottenAt: 999 })
      await store.attempts.replace('remembered', null, { ...next, forgottenAt: 1000 })
      await store.sweep(1000)
      expect(await store.attempts.get('forgotten')).toBeNull()
      expect(await store.attempts.get('remembered')).not.toBeNull()
    })

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
