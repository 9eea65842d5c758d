import '../seeded.ts'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import {
  type Answering,
  type Attempt,
  chargeAttempt,
  lockedUntil,
  lockOf,
  refundAttempt,
  settleAttempt,
} from '#server/attempts/attempt.ts'
import { sealWith } from '#server/secrets/seal.ts'
import { attempts } from '#server/settings/attempts.ts'
import { openDatabase, storeOn } from '#server/store/sqlite.ts'
import type { BuiltFactor } from '#shared/factors/index.ts'
import { rounds } from '../exhaustive.ts'
import { attemptsModel, type ModelAttempt } from './model.ts'

const limits = attempts.parse({
  free_failures: 3,
  longest_wait: '3m',
  forgotten_after: '10m',
  per_address_a_minute: 5,
  disable_after: 3,
})
const account = 'ada'
const names = ['ada', 'ada@example.test']
const owned = { 'password of ada': ['one', 'two'], 'totp of ada': ['three'] }
const factors = ['password', 'totp'] as string[] as BuiltFactor[]

const database = openDatabase(':memory:')
const store = await storeOn(database, sealWith([new Uint8Array(32)]))
afterAll(() => store.close())
await store.people.put({ id: account, username: 'ada', name: null, email: null, groups: [] }, [
  'ada',
  'ada@example.test',
])
for (const [of, ids] of Object.entries(owned))
  for (const id of ids)
    await store.authenticators.add(
      { id, account, factor: of.split(' ')[0] as BuiltFactor, label: id, credential: id },
      0,
    )

const counted = () =>
  database
    // A count that is forgotten is none: the sweep takes its row.
    .prepare('SELECT key, failures, locked_until, forgotten_at FROM attempts WHERE forgotten_at > 0 ORDER BY key')
    .all()
    .map((row) => ({ ...row }))
const failuresOf = async () =>
  (await store.authenticators.listAll(account)).map((one) => [one.id, one.failures, one.failuresAfterProof])

const device = { account, device: 'hers', authenticators: ['one'], at: 0 }
const one = { factor: 'password', name: 'ada', account, ids: null, address: '192.0.2.7', hasProof: false, device: null }
const answerer: fc.Arbitrary<Answering> = fc
  .record({
    who: fc.constantFrom(
      { name: 'ada', account },
      { name: 'ada@example.test', account },
      { name: 'ada', account, hasProof: true },
      { name: 'ada', account, device },
      { name: 'ada', account, device, hasProof: true },
      { name: 'nobody', account: null },
      { name: null, account: null },
    ),
    factor: fc.constantFrom(factors[0], factors[0], factors[1]),
    ids: fc.constantFrom(null, null, ['one'], ['one', 'two'], ['two'], []),
    address: fc.constantFrom('192.0.2.7', '198.51.100.9', '203.0.113.1', 'unknown'),
  })
  .map(({ who, ...rest }) => ({ ...one, ...rest, ...who }) as Answering)

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ is: fc.constant('answer'), who: answerer, times: fc.constantFrom(1, 1, 2, 5) }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('refund'), which: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({ is: fc.constant('settle'), which: fc.nat(), id: fc.constantFrom('one', 'two') }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ is: fc.constant('wait'), ms: fc.constantFrom(1, 30_000, 60_000, 180_000, 600_001) }),
  },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('clock'), by: fc.constantFrom(-7_200_000, 7_200_000) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('sweep') }) },
)

/** What an attempt says, whoever made it. */
const shown = ({ stopped, lockedUntil, account, count, charged }: Attempt) => ({
  stopped,
  lockedUntil,
  account,
  count,
  charged: charged.map(({ by, charge }) => ({ by, ...charge })),
})
const expected = ({ ids, charged, ...rest }: ModelAttempt) => ({
  ...rest,
  charged: charged.map(({ terms, ...one }) => one),
})

test('answers are counted as one key after the other would be, whatever is refunded, proven or waited for', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      database.exec('DELETE FROM attempts')
      await store.authenticators.forgive(account, null)
      const model = attemptsModel(limits, owned)
      const under: { real: Attempt; modelled: ModelAttempt }[] = []
      let now = 1_800_000_000_000
      for (const next of steps) {
        switch (next.is) {
          case 'answer': {
            const who = { ...next.who, address: next.who.address === 'unknown' ? null : next.who.address }
            // At once: each in a transaction of its own.
            const charging = () => store.transaction((inside) => chargeAttempt(inside, limits, who, now))
            const reals = await Promise.all(Array.from({ length: next.times }, charging))
            for (const real of reals) {
              const modelled = model.charge(next.who, now)
              expect(shown(real)).toEqual(expected(modelled))
              expect(real.authenticators.map(({ id }) => id)).toEqual(modelled.ids)
              under.push({ real, modelled })
            }
            break
          }
          case 'refund': {
            const [both] = under.splice(next.which % Math.max(under.length, 1), 1)
            if (!both) break
            await refundAttempt(store, both.real)
            model.refund(both.modelled)
            break
          }
          case 'settle': {
            const [both] = under.splice(next.which % Math.max(under.length, 1), 1)
            if (!both) break
            const settling = store.transaction((inside) => settleAttempt(inside, both.real, next.id, now))
            expect(await settling).toBe(model.settle(both.modelled, next.id))
            break
          }
          case 'wait':
            now += next.ms
            break
          case 'clock':
            now += next.by
            break
          case 'sweep':
            await store.sweep({ expired: now, records: 0, addresses: 0 })
            model.sweep(now)
        }
        const rows = [...model.counts].map(([key, count]) => ({
          key,
          failures: count.failures,
          locked_until: count.lockedUntil,
          forgotten_at: count.forgottenAt,
        }))
        expect(counted()).toEqual(rows.sort((a, b) => (a.key < b.key ? -1 : 1)))
        for (const factor of factors) {
          for (const of of [device, null]) {
            const waiting = { factor, account, ids: null, device: of }
            expect(await lockOf(store, limits, waiting, now)).toBe(model.lockOf(factor, account, of, now))
          }
          const until = model.lockedUntil(factor, account, names, now)
          expect(await lockedUntil(store, limits, factor, account, now)).toBe(until)
        }
        expect(await failuresOf()).toEqual(
          [...model.failures].map(([id, one]) => [id, one.failures, one.failuresAfterProof]).sort(),
        )
      }
    }),
    { numRuns: rounds(150, 2000) },
  )
}, 120_000)
