import { StatementSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Answering, chargeAttempt, lockOf, refundAttempt, settleAttempt } from '#server/attempts/attempt.ts'
import { countSecret } from '#server/attempts/client-secret.ts'
import { sealWith } from '#server/secrets/seal.ts'
import { attempts } from '#server/settings/attempts.ts'
import { openSqlite } from '#server/store/sqlite.ts'
import type { Store } from '#server/store/store.ts'

const limits = attempts.parse({ free_failures: 2, per_address_a_minute: 1000 })
const account = 'ada'
const now = 1_800_000_000_000
const ada: Answering = {
  factor: 'password',
  name: 'ada',
  account,
  ids: null,
  address: '192.0.2.7',
  hasProof: false,
  device: null,
}
const nobody = { ...ada, name: 'nobody', account: null }

let store: Store
let ran: string[] = []
beforeEach(async () => {
  store = await openSqlite(':memory:', sealWith([new Uint8Array(32)]))
  await store.people.put({ id: account, username: 'ada', name: null, email: null, groups: [] }, ['ada'])
  for (const id of ['one', 'two'])
    await store.authenticators.add({ id, account, factor: 'password', label: id, credential: id }, 0)
  for (const way of ['all', 'run'] as const) {
    const runs = StatementSync.prototype[way] as (this: StatementSync, ...values: unknown[]) => unknown
    vi.spyOn(StatementSync.prototype, way).mockImplementation(function (this: StatementSync, ...values) {
      ran.push(this.sourceSQL)
      return runs.apply(this, values) as never
    })
  }
})
afterEach(async () => {
  vi.restoreAllMocks()
  await store.close()
})

/** The statements of work, as verb and table; those of its transaction left out. */
async function statementsOf<T>(work: (inside: Store) => Promise<T>) {
  const result = await store.transaction(async (inside) => {
    ran = []
    const result = await work(inside)
    return { result, sql: ran.filter((sql) => sql.includes('"')) }
  })
  const named = result.sql.map((sql) => `${sql.split(' ')[0]} ${/"(attempts|authenticators)"/.exec(sql)?.[1]}`)
  return { ...result, named }
}
const charging = (who: Answering) => statementsOf((inside) => chargeAttempt(inside, limits, who, now))

test('an answer is charged by three statements, and settled by three where another authenticator was charged', async () => {
  const { named, result } = await charging(ada)
  expect(named).toEqual(['select attempts', 'insert attempts', 'update authenticators'])
  const settled = await statementsOf((inside) => settleAttempt(inside, result, 'one', now))
  expect(settled.named).toEqual(['update authenticators', 'update authenticators', 'update attempts'])
  const refunding = await charging({ ...ada, ids: ['one'] })
  ran = []
  await refundAttempt(store, refunding.result)
  expect(ran.filter((sql) => sql.includes('"'))).toHaveLength(2)
})

test('an answer in a browser of the person’s own is charged by three statements, and settled by two', async () => {
  const device = { account, authenticators: ['one'], device: 'hers', at: now }
  const { named, result } = await charging({ ...ada, device })
  expect(named).toEqual(['select authenticators', 'select attempts', 'insert attempts'])
  const settled = await statementsOf((inside) => settleAttempt(inside, result, 'one', now))
  expect(settled.named).toEqual(['update authenticators', 'update attempts'])
  const asked = { factor: 'password', account, ids: null, device } as const
  const waits = await statementsOf((inside) => lockOf(inside, limits, asked, now))
  expect(waits.named).toEqual(['select authenticators', 'select attempts'])
})

test('an account that waits under another of its names is the same statements as no account, and as one that does not', async () => {
  const somebody = (await charging(ada)).sql
  expect((await charging(nobody)).sql).toEqual(somebody)
  await charging(ada)
  const other = await charging({ ...ada, name: 'ada@example.test' })
  expect(other.result).toMatchObject({ stopped: null, lockedUntil: null, account: null })
  expect(other.sql).toEqual(somebody)
  expect((await charging({ ...nobody, name: 'nobody@example.test' })).sql).toEqual(somebody)
  const stopped = await charging(ada)
  expect(stopped.result.stopped).toBe('name')
  await charging(nobody)
  expect((await charging(nobody)).sql).toEqual(stopped.sql)
})

test('a client secret is counted by one statement, a wrong one by two', async () => {
  const secret = { client: 'rp', address: '192.0.2.7' }
  const counting = async (right: boolean) => {
    ran = []
    await countSecret(store, limits, { ...secret, right }, now)
    return ran.filter((sql) => sql.includes('"')).length
  }
  expect(await counting(true)).toBe(1)
  expect(await counting(false)).toBe(2)
})
