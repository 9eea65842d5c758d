import { expect, test } from 'vitest'
import type { Store } from '#server/store/store.ts'

/** How many try at once. */
export const fifty = Array.from({ length: 50 }, (_, at) => at)

/** The part of the contract that speaks of authenticators. */
export function authenticatorsContract(store: () => Store): void {
  const enrol = async (account: string, ids: readonly string[]) => {
    await store().people.put({ id: account, username: account, name: null, email: null, groups: [] }, [account])
    for (const id of ids)
      await store().authenticators.add({ id, account, factor: 'password', label: id, credential: { secret: id } }, 0)
  }
  const failuresOf = async (account: string) =>
    (await store().authenticators.listAll(account)).map(({ failures }) => failures)

  test('of fifty that update one authenticator at once, one does; what is kept comes back', async () => {
    await store().people.put({ id: 'p3', username: 'g', name: null, email: null, groups: [] }, ['g'])
    const one = { id: 'a1', account: 'p3', factor: 'password', label: 'Password', credential: { argon2: 'x' } } as const
    await store().authenticators.add(one, 5)
    const updates = fifty.map((by) => store().authenticators.update({ ...one, credential: { by }, revision: 0 }))
    const updated = await Promise.all(updates)
    expect(updated.filter(Boolean)).toHaveLength(1)
    const [kept] = await store().authenticators.list('p3', 'password')
    expect(kept).toMatchObject({ revision: 1, boundAt: 5, credential: { by: updated.indexOf(true) } })
    expect(await store().authenticators.update({ ...one, account: 'p1', revision: 1 })).toBe(false)
  })

  test('an authenticator is found by what it calls itself, and of fifty that take one name, one gets it', async () => {
    await store().people.put({ id: 'h1', username: 'h1', name: null, email: null, groups: [] }, ['h1'])
    const one = { account: 'h1', factor: 'totp', credential: 'secret', handle: 'serial 7' } as const
    const adding = fifty.map((by) => store().authenticators.add({ ...one, id: `h${by}`, label: `${by}` }, 0))
    const added = await Promise.all(adding)
    expect(added.filter(Boolean)).toHaveLength(1)
    const id = `h${added.indexOf(true)}`
    const found = await store().authenticators.find('totp', 'serial 7')
    expect(found).toMatchObject({ id, account: 'h1', handle: 'serial 7' })
    expect(found).not.toHaveProperty('credential')
    expect(await store().authenticators.find('password', 'serial 7')).toBeNull()
    expect(await store().authenticators.remove({ id, account: 'p1' })).toBe(false)
    expect(await store().authenticators.remove({ id, account: 'h1' })).toBe(true)
    expect(await store().authenticators.find('totp', 'serial 7')).toBeNull()
  })

  test('authenticators are listed by how their names begin, and of fifty that rename one, one does', async () => {
    await store().people.put({ id: 'n1', username: 'n1', name: null, email: null, groups: [] }, ['n1'])
    const one = { account: 'n1', factor: 'totp', credential: 'old' } as const
    for (const handle of ['card a', 'card b', 'cards c', 'car d'])
      await store().authenticators.add({ ...one, id: handle, label: handle, handle }, 5)
    const listed = await store().authenticators.withHandles('totp', 'card ')
    expect(listed.map(({ handle }) => handle)).toEqual(['card a', 'card b'])
    expect(await store().authenticators.withHandles('password', 'card ')).toEqual([])
    const [first] = listed
    if (!first) throw new Error('There is none.')
    const renaming = fifty.map((by) => store().authenticators.rename({ ...first, credential: { by } }, `key ${by}`))
    const renamed = await Promise.all(renaming)
    expect(renamed.filter(Boolean)).toHaveLength(1)
    const by = renamed.indexOf(true)
    expect(await store().authenticators.find('totp', 'card a')).toBeNull()
    const all = await store().authenticators.list('n1', 'totp')
    expect(all).toContainEqual(
      expect.objectContaining({ id: 'card a', handle: `key ${by}`, boundAt: 5, credential: { by } }),
    )
  })

  test('of fifty attempts at once, no authenticator is given to more than it has failures left', async () => {
    await enrol('p4', ['c2', 'c1'])
    await enrol('p5', ['d1'])
    const given = await Promise.all(
      fifty.map(() => store().authenticators.charge('p4', 'password', null, 7, 'failures')),
    )
    expect(given.filter((each) => each.length > 0)).toHaveLength(7)
    expect(given[0]).toMatchObject([
      { id: 'c1', account: 'p4', failures: 1, revision: 0, credential: { secret: 'c1' }, lastUsedAt: null },
      { id: 'c2', account: 'p4', failures: 1, revision: 0, credential: { secret: 'c2' }, lastUsedAt: null },
    ])
    expect(await failuresOf('p4')).toEqual([7, 7])
    expect(await failuresOf('p5')).toEqual([0])
    expect(await store().authenticators.charge('nobody', 'password', null, 7, 'failures')).toEqual([])
  })

  test('a refund takes one failure from each that has any; using one takes its failures alone', async () => {
    await enrol('p6', ['e1', 'e2', 'e3'])
    for (let attempt = 0; attempt < 2; attempt++)
      await store().authenticators.charge('p6', 'password', null, 9, 'failures')
    await store().authenticators.refund([], 'failures')
    expect(await failuresOf('p6')).toEqual([2, 2, 2])
    await store().authenticators.refund(['e1', 'e2'], 'failures')
    expect(await failuresOf('p6')).toEqual([1, 1, 2])
    for (let more = 0; more < 3; more++) await store().authenticators.refund(['e1'], 'failures')
    expect(await failuresOf('p6')).toEqual([0, 1, 2])
    expect(await store().authenticators.used({ id: 'e3', revision: 1 }, 5)).toBe(false)
    expect(await store().authenticators.used({ id: 'gone', revision: 0 }, 5)).toBe(false)
    expect(await store().authenticators.used({ id: 'e3', revision: 0 }, 5)).toBe(true)
    expect(await failuresOf('p6')).toEqual([0, 1, 0])
    const last = (await store().authenticators.list('p6', 'password')).map(({ lastUsedAt }) => lastUsedAt)
    expect(last).toEqual([null, null, 5])
  })

  test('the two counts of failures are two; what is forgiven, used or bound anew has none of either', async () => {
    await enrol('p9', ['h1', 'h2'])
    const { charge, refund, listAll, forgive } = store().authenticators
    const counts = async () => (await listAll('p9')).map((one) => [one.failures, one.failuresAfterProof])
    for (let attempt = 0; attempt < 3; attempt++) await charge('p9', 'password', ['h1'], 2, 'failuresAfterProof')
    await charge('p9', 'password', null, 9, 'failures')
    expect(await counts()).toEqual([
      [1, 2],
      [1, 0],
    ])
    await refund(['h1', 'h2'], 'failuresAfterProof')
    expect(await counts()).toEqual([
      [1, 1],
      [1, 0],
    ])
    await forgive('p9', 'totp')
    expect(await counts()).toContainEqual([1, 1])
    await forgive('p9', null)
    expect(await counts()).toEqual([
      [0, 0],
      [0, 0],
    ])
  })

  test('changing what is kept leaves the failures; binding anew takes them', async () => {
    await enrol('p7', ['f1'])
    await store().authenticators.charge('p7', 'password', null, 9, 'failures')
    const [one] = await store().authenticators.charge('p7', 'password', null, 9, 'failures')
    if (!one) throw new Error('Nothing was charged.')
    await store().authenticators.used(one, 5)
    const [two] = await store().authenticators.charge('p7', 'password', null, 9, 'failures')
    expect(two).toMatchObject({ failures: 1, lastUsedAt: 5, revision: 0 })
    expect(await store().authenticators.update({ ...one, credential: 'another' })).toBe(true)
    expect(await store().authenticators.rebind({ ...one, credential: 'late' }, 0)).toBe(null)
    expect(await store().authenticators.list('p7', 'password')).toMatchObject([
      { credential: 'another', revision: 1, failures: 1, lastUsedAt: 5 },
    ])
    const id = await store().authenticators.rebind({ ...one, revision: 1, credential: 'new' }, 9)
    expect(id).not.toBe(one.id)
    expect(await store().authenticators.list('p7', 'password')).toMatchObject([
      { id, credential: 'new', revision: 2, failures: 0, lastUsedAt: null, boundAt: 9 },
    ])
  })

  test('all authenticators of a person are told without their secrets', async () => {
    await enrol('p8', ['g2', 'g1'])
    const all = await store().authenticators.listAll('p8')
    expect(all.map(({ id }) => id)).toEqual(['g1', 'g2'])
    expect(Object.keys(all[0] ?? {}).sort()).toEqual(
      [
        'account',
        'boundAt',
        'factor',
        'failures',
        'failuresAfterProof',
        'handle',
        'id',
        'label',
        'lastUsedAt',
        'revision',
      ].sort(),
    )
    expect(await store().authenticators.listAll('nobody')).toEqual([])
  })
}
