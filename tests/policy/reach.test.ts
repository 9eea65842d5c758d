import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allFactors } from '#shared/factors/table.ts'
import { type Reach, reachOf } from '#shared/policy/analysis/reach.ts'
import { distinct, leavesIn, situationsFor } from '#shared/policy/analysis/situations.ts'
import { type Circumstances, type Condition, truthOf } from '#shared/policy/rules/condition.ts'
import { addressFrom } from '#shared/policy/rules/networks.ts'
import type { Policy, Rule } from '#shared/policy/rules/policy.ts'
import { runs, terms } from './arbitrary.ts'
import { rule } from './fixtures.ts'

// Whether a rule is reached, against anything that can happen.

const clients = ['a', 'b']
const anything: fc.Arbitrary<Circumstances> = fc.record({
  client: fc.constantFrom(...clients),
  groups: fc.subarray(['a', 'b', 'c']),
  held: fc.array(
    fc.record({
      factor: fc.constantFrom(...allFactors),
      ageMs: fc.constantFrom(0, 999, 1000, 499_999, 500_000, 1_000_000),
    }),
    { maxLength: 4 },
  ),
  browser: fc.constantFrom('known', 'new'),
  address: fc.constantFrom('192.0.2.1', '192.0.2.200', '198.51.100.1', '2001:db8::1', '2001:db9::1').map(addressFrom),
  now: fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) }),
  personDecides: fc.constant(true),
})
/** Rules at the end, by which there are too many conditions for all combinations. */
const more: readonly Rule[] = Array.from({ length: 17 }, (_, at) =>
  rule([], { name: `more ${at}`, when: { is: 'groups', oneOf: [`g${at}`] } }),
)
const deciding = ({ rules }: Policy, now: Circumstances) => rules.findIndex(({ when }) => truthOf(when, now) === 'hit')

test('a rule that is told as never reached never decides, whatever happens', () => {
  fc.assert(
    fc.property(terms, fc.array(anything, { minLength: 20, maxLength: 20 }), fc.boolean(), ({ policy }, all, long) => {
      const whole = long ? { ...policy, rules: [...policy.rules, ...more] } : policy
      const reach = reachOf(whole, clients)
      for (const now of all) {
        const at = deciding(whole, now)
        if (at !== -1) expect(['reached', 'undecided']).toContain(reach[at]?.is)
      }
    }),
    runs(100),
  )
})

test('with few conditions nothing is undecided, and what is shadowed is so by rules before it', () => {
  fc.assert(
    fc.property(terms, ({ policy }) => {
      for (const [at, one] of reachOf(policy, clients).entries()) {
        expect(one.is).not.toBe('undecided')
        if (one.is === 'behind') expect(Math.max(...one.rules)).toBeLessThan(at)
      }
    }),
    runs(100),
  )
})

/** The same by looking at every rule in every situation, one after the other. */
function naiveReach({ rules }: Policy): readonly Reach[] {
  const leaves = distinct(rules.flatMap(({ when }) => leavesIn(when)))
  const rows = situationsFor(leaves, clients).map((now) => rules.map(({ when }) => truthOf(when, now) === 'hit'))
  return rules.map((_, at) => {
    const mine = rows.filter((row) => row[at])
    if (mine.length === 0) return { is: 'never' }
    if (mine.some((row) => row.indexOf(true) === at)) return { is: 'reached' }
    const one = rules.findIndex((_, other) => mine.every((row) => row[other]))
    const deciding = [...new Set(mine.map((row) => row.indexOf(true)))].sort((a, b) => a - b)
    const [first = one, ...rest] = one < at ? [one] : deciding
    return { is: 'behind', rules: [first, ...rest] }
  })
}

test('what is told is what is seen by looking everywhere', () => {
  fc.assert(
    fc.property(terms, ({ policy }) => {
      expect(reachOf(policy, clients)).toEqual(naiveReach(policy))
    }),
    runs(200),
  )
})

test('a thousand rules over sixteen conditions', () => {
  const group = (at: number): Condition => ({ is: 'groups', oneOf: [`g${at % 16}`] })
  const rules = Array.from({ length: 1000 }, (_, at) =>
    rule([], {
      name: `r${at}`,
      when: { is: 'all', of: [group(at), group(at + (at >> 4)), { is: 'not', of: group(at * 7 + 3) }] },
    }),
  )
  const kinds = reachOf({ name: 'p', rules, reuse: {} }, clients).map(({ is }) => is)
  expect(kinds.slice(0, 16)).toEqual(kinds.slice(0, 16).fill('reached'))
  expect(kinds.slice(16 * 16).every((is) => is === 'behind' || is === 'never')).toBe(true)
})
