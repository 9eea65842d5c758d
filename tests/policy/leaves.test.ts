import { describe, expect, test } from 'vitest'
import { reachOf } from '#shared/policy/analysis/reach.ts'
import { authenticatorAge } from '#shared/policy/rules/authenticator-age.ts'
import { type Circumstances, type Condition, seenOf, truthOf } from '#shared/policy/rules/condition.ts'
import { addressFrom, networks } from '#shared/policy/rules/networks.ts'
import { type Day, times } from '#shared/policy/rules/times.ts'
import { explain } from '#shared/policy/tools/explain.ts'
import { ask, facts, flow, proven, rule, termsFor } from './fixtures.ts'

// Every kind of condition: what it holds for, and what it says of what it saw.

const here: Circumstances = {
  client: 'c',
  groups: [],
  held: [],
  browser: 'new',
  address: null,
  now: 0,
  personDecides: true,
}

describe('networks', () => {
  const from = (address: string, ...all: string[]) =>
    truthOf(networks(...all), { ...here, address: addressFrom(address) })

  test.each([
    ['192.0.2.7', '192.0.2.0/24', 'hit'],
    ['192.0.3.7', '192.0.2.0/24', 'miss'],
    ['192.0.2.129', '192.0.2.128/25', 'hit'],
    ['192.0.2.127', '192.0.2.128/25', 'miss'],
    ['192.0.2.7', '192.0.2.99/24', 'hit'],
    ['192.0.2.7', '192.0.2.7/32', 'hit'],
    ['10.255.255.255', '10.0.0.0/8', 'hit'],
    ['11.0.0.0', '10.0.0.0/8', 'miss'],
    ['2001:db8::1', '2001:db8::/32', 'hit'],
    ['2001:db9::', '2001:db8::/32', 'miss'],
    ['2001:db8:0:1::', '2001:db8::/64', 'miss'],
    ['::1', '::1/128', 'hit'],
    ['2001:db8::1', '192.0.2.0/24', 'miss'],
    ['192.0.2.7', '2001:db8::/32', 'miss'],
    ['192.0.2.7', '::ffff:192.0.2.0/120', 'hit'],
    ['192.0.2.7', '::ffff:c000:200/120', 'hit'],
  ] as const)('%s in %s: %s', (address, network, truth) => {
    expect(from(address, network)).toBe(truth)
  })

  test('where nobody knows where a request comes from, nobody knows', () => {
    expect(truthOf(networks('192.0.2.0/24'), here)).toBe('unknown')
  })
})

describe('times', () => {
  const at = (instant: string, zone: string, days: Day[] = [], ...hours: string[]) =>
    truthOf(times(zone, days, hours), { ...here, now: Date.parse(instant) })

  test.each([
    ['2026-11-25T08:00:00+01:00', 'Europe/Berlin', [], ['08:00-18:00'], 'hit'],
    ['2026-11-25T07:59:59+01:00', 'Europe/Berlin', [], ['08:00-18:00'], 'miss'],
    ['2026-11-25T18:00:00+01:00', 'Europe/Berlin', [], ['08:00-18:00'], 'miss'],
    ['2026-11-25T07:30:00Z', 'Europe/Berlin', ['wed'], ['08:00-18:00'], 'hit'],
    ['2026-11-25T07:30:00Z', 'UTC', ['wed'], ['08:00-18:00'], 'miss'],
    // Summer time.
    ['2026-07-22T06:30:00Z', 'Europe/Berlin', ['wed'], ['08:00-18:00'], 'hit'],
    // Another day on the other side of the world.
    ['2026-11-25T20:00:00Z', 'Asia/Tokyo', ['thu'], [], 'hit'],
    ['2026-11-25T20:00:00Z', 'Asia/Tokyo', ['wed'], [], 'miss'],
    // A night belongs to the day on which it begins.
    ['2026-11-27T23:00:00Z', 'UTC', ['fri'], ['22:00-06:00'], 'hit'],
    ['2026-11-28T05:59:00Z', 'UTC', ['fri'], ['22:00-06:00'], 'hit'],
    ['2026-11-28T06:00:00Z', 'UTC', ['fri'], ['22:00-06:00'], 'miss'],
    ['2026-11-27T05:00:00Z', 'UTC', ['fri'], ['22:00-06:00'], 'miss'],
    ['2026-11-23T01:00:00Z', 'UTC', ['sun'], ['22:00-06:00'], 'hit'],
    ['2026-11-25T12:30:00Z', 'UTC', [], ['08:00-12:00', '13:00-17:00'], 'miss'],
    ['2026-11-25T23:59:59Z', 'UTC', [], ['13:00-24:00'], 'hit'],
    ['2026-11-25T00:00:00Z', 'UTC', [], ['13:00-24:00'], 'miss'],
  ] as const)('%s in %s on %j at %j: %s', (instant, zone, days, hours, truth) => {
    expect(at(instant, zone, [...days], ...hours)).toBe(truth)
  })
})

describe('the browser, and the age of an authenticator', () => {
  const known: Condition = { is: 'browser', oneOf: ['known'] }
  const held = [
    { factor: 'totp', ageMs: 86_400_000 },
    { factor: 'passkey', ageMs: null },
  ] as const
  const holding = (condition: Condition) => truthOf(condition, { ...here, held })

  test('a browser in which nobody has seen the person is new; without one nobody knows', () => {
    expect(truthOf(known, { ...here, browser: 'known' })).toBe('hit')
    expect(truthOf(known, here)).toBe('miss')
    expect(truthOf(known, { ...here, browser: null })).toBe('unknown')
  })

  test('one authenticator that fits is enough, and one of an unknown age may', () => {
    expect(holding(authenticatorAge(['totp'], 'older', 86_400_000))).toBe('hit')
    expect(holding(authenticatorAge(['totp'], 'older', 86_400_001))).toBe('miss')
    expect(holding(authenticatorAge(['totp'], 'younger', 86_400_000))).toBe('miss')
    expect(holding(authenticatorAge(['totp'], 'younger', 86_400_001))).toBe('hit')
    expect(holding(authenticatorAge(['totp', 'passkey'], 'younger', 1000))).toBe('unknown')
    expect(holding(authenticatorAge(['totp', 'passkey'], 'older', 1000))).toBe('hit')
    expect(holding(authenticatorAge(['grid'], 'older', 1000))).toBe('miss')
    expect(truthOf(authenticatorAge(['totp'], 'older', 1), { ...here, held: null })).toBe('unknown')
  })

  test('neither decides before the first proof', () => {
    for (const one of [known, authenticatorAge(['totp'], 'older', 1)])
      expect(truthOf(one, { ...here, personDecides: false })).toBe('undecided')
  })
})

test('each says what it wants and what was seen', () => {
  const now = Date.parse('2026-11-25T14:03:00Z')
  const circumstances: Circumstances = {
    ...here,
    now,
    address: addressFrom('198.51.100.1'),
    held: [{ factor: 'totp', ageMs: 7_200_000 }],
  }
  const seen = (leaf: Parameters<typeof seenOf>[0]) => {
    const { wanted, seen } = seenOf(leaf, circumstances)
    return [wanted, seen]
  }
  expect(seen(networks('192.0.2.0/24'))).toEqual([['192.0.2.0/24'], ['198.51.100.1']])
  expect(seen(times('UTC', ['mon', 'tue'], ['08:00-12:00']))).toEqual([['mon tue 08:00-12:00 UTC'], ['wed 14:03 UTC']])
  expect(seen({ is: 'browser', oneOf: ['known'] })).toEqual([['known'], ['new']])
  expect(seen(authenticatorAge(['totp'], 'older', 86_400_000))).toEqual([['totp ≥ 1d'], ['totp 2h']])
})

test('a rule decides by them, and an explanation shows them', () => {
  const office = rule([flow('password')], { name: 'office', when: networks('192.0.2.0/24') })
  const terms = termsFor([office, rule([flow('password', 'totp')])])
  const from = (address: string | null) => explain(terms, ask, facts([proven('password')], { address }))
  expect(from('192.0.2.1').next).toMatchObject({ is: 'done', rules: ['office'] })
  expect(from('198.51.100.1').next).toMatchObject({ is: 'answer', rules: ['everyone'] })
  expect(from('198.51.100.1').rules[0]).toMatchObject({ verdict: 'miss', unmet: [{ seen: ['198.51.100.1'] }] })
  // Nobody knows whether the office's rule applies: only what does for both is enough.
  expect(from(null).next).toMatchObject({ is: 'answer', offers: [{ factor: 'totp' }] })
  // What would not do for the other one is dropped, and it is said by which.
  expect(from(null).flows).toMatchObject([
    { steps: [['password'], ['totp']], because: 'kept' },
    { steps: [['password']], because: 'unknown-rule', by: ['everyone'], ways: [] },
  ])
  const outside = rule([], { name: 'outside', when: networks('192.0.2.0/24') })
  const nowhere = explain(termsFor([outside, rule([flow('password')])]), ask, facts([proven('password')]))
  expect(nowhere).toMatchObject({
    next: { why: { code: 'denied' } },
    flows: [{ rule: 'outside + everyone', by: ['outside'] }],
  })
  const alone = explain(termsFor([office]), ask, facts([proven('password')]))
  expect(alone).toMatchObject({ next: { why: { code: 'denied' } }, flows: [{ because: 'unknown-rule', by: [] }] })
})

describe('the linter looks at every combination that they can have', () => {
  const reach = (...conditions: (Condition | null)[]) =>
    reachOf(termsFor(conditions.map((when) => rule([flow('password')], { when }))).policy, ['c']).map(({ is }) => is)
  const all = (...of: Condition[]): Condition => ({ is: 'all', of })
  const not = (of: Condition): Condition => ({ is: 'not', of })

  test('networks in one another', () => {
    const [whole, half, other] = [networks('192.0.2.0/24'), networks('192.0.2.128/25'), networks('192.0.2.0/25')]
    expect(reach(whole, half)).toEqual(['reached', 'behind'])
    expect(reach(half, whole)).toEqual(['reached', 'reached'])
    expect(reach(half, other, whole, null)).toEqual(['reached', 'reached', 'behind', 'reached'])
    expect(reach(all(whole, networks('2001:db8::/32')))).toEqual(['never'])
  })

  test('days and hours', () => {
    const [morning, day] = [times('UTC', [], ['08:00-12:00']), times('UTC', [], ['08:00-18:00'])]
    expect(reach(day, morning)).toEqual(['reached', 'behind'])
    expect(reach(morning, day)).toEqual(['reached', 'reached'])
    expect(reach(all(morning, times('UTC', [], ['12:00-13:00'])))).toEqual(['never'])
    // By the clocks of two cities they overlap.
    expect(reach(all(morning, times('Asia/Tokyo', ['wed'], ['17:00-21:00'])))).toEqual(['reached'])
  })

  test('clocks of two cities that are changed on different days', () => {
    const at = (zone: string, hours: string, day?: Day) => times(zone, day ? [day] : [], [hours])
    // Five hours apart from 8 to 29 March 2026, six in winter and in summer.
    const berlin = at('Europe/Berlin', '14:00-14:30')
    expect(reach(all(berlin, at('America/New_York', '09:00-09:30')))).toEqual(['reached'])
    expect(reach(all(berlin, at('America/New_York', '08:00-08:30')))).toEqual(['reached'])
    expect(reach(all(berlin, at('America/New_York', '10:00-10:30')))).toEqual(['never'])
    // Nine hours apart from 29 March to 5 April 2026, and in October.
    expect(reach(all(berlin, at('Australia/Sydney', '23:00-23:30')))).toEqual(['reached'])
    expect(reach(all(berlin, at('Australia/Sydney', '21:00-21:30')))).toEqual(['never'])
  })

  test('the day on which clocks are changed', () => {
    const sunday = (hours: string, zone = 'Europe/Berlin') => times(zone, ['sun'], [hours])
    // On 29 March 2026 it is 03:00 in Berlin one minute after 01:59, at 01:00 UTC.
    expect(reach(all(sunday('03:00-03:30'), sunday('01:00-01:30', 'UTC')))).toEqual(['reached'])
    expect(reach(all(sunday('02:00-03:00'), sunday('01:00-01:30', 'UTC')))).toEqual(['reached'])
    expect(reach(all(times('Europe/Berlin', ['mon'], ['03:00-03:30']), sunday('01:00-01:30', 'UTC')))).toEqual([
      'never',
    ])
  })

  test('browsers, and authenticators', () => {
    const known: Condition = { is: 'browser', oneOf: ['known'] }
    expect(reach(known, not(known), null)).toEqual(['reached', 'reached', 'behind'])
    const old = authenticatorAge(['totp'], 'older', 86_400_000)
    expect(reach(old, authenticatorAge(['totp'], 'older', 2 * 86_400_000))).toEqual(['reached', 'behind'])
    // Two apps: one is old, one is new.
    expect(reach(all(old, authenticatorAge(['totp'], 'younger', 3_600_000)))).toEqual(['reached'])
    expect(reach(all(old, not(authenticatorAge(['totp', 'passkey'], 'older', 3_600_000))))).toEqual(['never'])
  })
})
