import { expect, test } from 'vitest'
import type { Store } from '#server/store/store.ts'

/** The part of the contract that speaks of records that are pending. */
export function recordsContract(store: () => Store): void {
  test('what a sign-in wrote before its first proof goes; what another one proved stays, with all that led to it', async () => {
    const { records } = store()
    const trail = {
      run: 'n',
      account: 'p1',
      factor: 'password',
      client: 'c',
      policy: 'h',
      where: '192.0.2.7',
    } as const
    const opened = (signIn: string) => ({ ...trail, kind: 'opened', signIn, authenticator: null }) as const
    const refused = (signIn: string) => ({ ...opened(signIn), kind: 'refused', why: 'wrong-password' }) as const
    const proof = { methods: ['pwd'], proves: ['knows'] } as const
    for (const signIn of ['empty', 'proven']) {
      await records.append(opened(signIn), 1000)
      await records.append(refused(signIn), 1000)
    }
    await records.append({ ...opened('proven'), kind: 'proven', authenticator: 'a', proof }, 1001)
    await records.append(refused('proven'), 1002)
    const kinds = async (signIn: string) => (await records.trail([signIn])).map(({ kind }) => kind)
    const day = 24 * 3_600_000
    await store().sweep({ expired: 1000 + day / 12, records: 0, addresses: 0 })
    expect(await kinds('empty')).toEqual(['opened', 'refused'])
    await store().sweep({ expired: 1001 + day / 12, records: 0, addresses: 0 })
    expect(await kinds('empty')).toEqual(['refused'])
    await store().sweep({ expired: 1001 + day, records: 0, addresses: 0 })
    expect(await kinds('empty')).toEqual([])
    expect(await kinds('proven')).toEqual(['opened', 'refused', 'proven', 'refused'])

    const [first] = await records.trail(['proven'])
    expect(first).toMatchObject({ where: '192.0.2.7', account: 'p1' })
    expect(JSON.stringify(first)).not.toContain('"n"')
    expect((await records.ofRun('c', 'n')).length).toBeGreaterThanOrEqual(4)
    await store().sweep({ expired: 0, records: 0, addresses: 1001 })
    expect((await records.trail(['proven'])).map((one) => 'where' in one && one.where)).toEqual([
      null,
      null,
      '192.0.2.7',
      '192.0.2.7',
    ])
    await store().sweep({ expired: 0, records: 1002, addresses: 0 })
    expect(await kinds('proven')).toEqual(['refused'])
  })

  test('entries that are appended together are what they are alone: pending without a proof, and with one for good', async () => {
    const { records } = store()
    const trail = { run: 'n', account: 'p1', factor: 'password', client: 'c', policy: 'h', where: null } as const
    const opened = (signIn: string) => ({ ...trail, kind: 'opened', signIn, authenticator: null }) as const
    const refused = (signIn: string) => ({ ...opened(signIn), kind: 'refused', why: 'wrong-password' }) as const
    const proof = { methods: ['pwd'], proves: ['knows'] } as const
    const proven = (signIn: string) => ({ ...opened(signIn), kind: 'proven', authenticator: 'a', proof }) as const
    const dated = (...entries: Parameters<Store['records']['append']>[0][]) =>
      entries.map((entry, after) => ({ entry, at: 1000 + after }))
    expect(await records.appendAll([])).toEqual([])
    expect(await records.appendAll(dated(opened('wrong'), refused('wrong')))).toEqual([])
    const evidence = await records.appendAll(dated(opened('right'), proven('right')), true)
    expect(evidence).toEqual(await records.ofSignIn('right'))
    await records.append(refused('later'), 999)
    await records.appendAll(dated(opened('later'), proven('later')))
    await records.appendAll([{ entry: refused('later'), at: 1002 }])
    const kinds = async (signIn: string) => (await records.trail([signIn])).map(({ kind }) => kind)
    await store().sweep({ expired: 1000 + 25 * 3_600_000, records: 0, addresses: 0 })
    expect(await kinds('wrong')).toEqual([])
    expect(await kinds('right')).toEqual(['opened', 'proven'])
    expect(await kinds('later')).toEqual(['refused', 'opened', 'proven', 'refused'])
  })
}
