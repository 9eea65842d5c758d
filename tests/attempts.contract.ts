import { expect, test } from 'vitest'
import type { Store } from '#server/store/store.ts'
import { fifty } from './authenticators.contract.ts'

const later = 4_000_000_000_000

/** The part of the contract that speaks of counts of attempts. */
export function attemptsContract(store: () => Store): void {
  test('of fifty attempts that are charged at once on one state, one is', async () => {
    const next = { failures: 1, lockedUntil: 0, forgottenAt: 1, revision: 0 }
    const charged = await Promise.all(fifty.map(() => store().attempts.replace('k', null, next)))
    expect(charged.filter(Boolean)).toHaveLength(1)
    const seen = await store().attempts.get('k')
    const again = await Promise.all(fifty.map((failures) => store().attempts.replace('k', seen, { ...next, failures })))
    expect(again.filter(Boolean)).toHaveLength(1)
    await store().attempts.replace('l', null, next)
    await store().attempts.clear(['k', 'absent'])
    expect(await store().attempts.get('k')).toBeNull()
    expect(await store().attempts.get('l')).toEqual(next)
  })

  test('counts are read together and written together; of a transaction that read old ones nothing is kept', async () => {
    const { attempts } = store()
    const count = { failures: 1, lockedUntil: 7, forgottenAt: later, revision: 0 }
    expect(await attempts.getAll([])).toEqual(new Map())
    const both = new Map([
      ['m', count],
      ['n', { ...count, failures: 2 }],
    ])
    await attempts.putAll(both)
    expect(await attempts.getAll(['n', 'm', 'absent'])).toEqual(both)
    const again = { ...count, failures: 3, revision: 1 }
    await attempts.putAll(new Map([['m', again]]))
    const stale = store().transaction(async (inside) => {
      await inside.attempts.putAll(
        new Map([
          ['m', again],
          ['n', again],
          ['o', count],
        ]),
      )
    })
    await expect(stale).rejects.toThrow('since it was read')
    await expect(store().transaction(({ attempts }) => attempts.putAll(both))).rejects.toThrow('since it was read')
    expect(await attempts.getAll(['m', 'n', 'o'])).toEqual(new Map([...both, ['m', again]]))
  })

  test('a failure is given back under each key, of whatever was charged since; its own wait goes with it', async () => {
    const { attempts } = store()
    const count = { failures: 3, lockedUntil: 7, forgottenAt: later, revision: 4 }
    const given = { lockedUntil: 7, freeFailures: 1, forgets: false }
    const cases = {
      'its own wait': { ...given, leaves: { failures: 2, lockedUntil: 0 } },
      'a later wait': { ...given, lockedUntil: 6, leaves: { failures: 2, lockedUntil: 7 } },
      'a wait that too few led to': {
        ...given,
        lockedUntil: 6,
        freeFailures: 3,
        leaves: { failures: 2, lockedUntil: 0 },
      },
      'all that was charged': { ...given, forgets: true, leaves: { failures: 0, lockedUntil: 0, forgottenAt: 0 } },
    }
    for (const key of Object.keys(cases)) await attempts.replace(key, null, count)
    await attempts.replace('none', null, { ...count, failures: 0 })
    await attempts.giveBack([])
    await attempts.giveBack([...Object.entries(cases), ['none', given] as const].map(([key, one]) => ({ ...one, key })))
    for (const [key, { leaves }] of Object.entries(cases))
      expect([key, await attempts.get(key)]).toEqual([key, { ...count, ...leaves, revision: 5 }])
    expect(await attempts.get('none')).toEqual({ ...count, failures: 0 })
    await attempts.replace('k2', null, count)
    await Promise.all(fifty.map(() => attempts.giveBack([{ ...given, key: 'k2' }])))
    expect(await attempts.get('k2')).toMatchObject({ failures: 0, lockedUntil: 0, revision: 7 })
    expect(await attempts.get('absent')).toBeNull()
  })

  test('a sweep takes attempts that count no more, and no others', async () => {
    const next = { failures: 5, lockedUntil: 900, revision: 0 }
    await store().attempts.replace('forgotten', null, { ...next, forgottenAt: 999 })
    await store().attempts.replace('remembered', null, { ...next, forgottenAt: 1000 })
    await store().sweep({ expired: 1000, records: 0, addresses: 0 })
    expect(await store().attempts.get('forgotten')).toBeNull()
    expect(await store().attempts.get('remembered')).not.toBeNull()
  })
}
