import { describe, expect, test } from 'vitest'
import { next } from '#shared/policy/engine/next.ts'
import { covers } from '#shared/policy/engine/worlds.ts'
import { type Circumstances, type Condition, truthOf, unmetIn } from '#shared/policy/rules/condition.ts'
import { ask, facts, flow, nobody, proven, rule, termsFor } from './fixtures.ts'

const somewhere: Circumstances = {
  client: 'c',
  groups: [],
  held: [],
  browser: 'new',
  address: null,
  now: 0,
  personDecides: true,
}
const groups = (...oneOf: string[]): Condition => ({ is: 'groups', oneOf })
const clients = (...oneOf: string[]): Condition => ({ is: 'clients', oneOf })

describe('three values, and two ways of not knowing', () => {
  const before = { ...somewhere, client: 'c', groups: ['staff'], personDecides: false }
  const after = { ...before, personDecides: true }
  const unknown = { ...after, groups: null }

  test('a person decides nothing before they have proven something', () => {
    expect(truthOf(groups('staff'), before)).toBe('undecided')
    expect(truthOf(groups('staff'), after)).toBe('hit')
    expect(truthOf(groups('other'), after)).toBe('miss')
    expect(truthOf(groups('staff'), unknown)).toBe('unknown')
  })

  test.each([
    [{ is: 'all', of: [clients('c'), groups('staff')] }, 'undecided', 'hit', 'unknown'],
    [{ is: 'all', of: [clients('d'), groups('staff')] }, 'miss', 'miss', 'miss'],
    [{ is: 'any', of: [clients('c'), groups('x')] }, 'hit', 'hit', 'hit'],
    [{ is: 'any', of: [clients('d'), groups('x')] }, 'undecided', 'miss', 'unknown'],
    [{ is: 'not', of: groups('staff') }, 'undecided', 'miss', 'unknown'],
    [{ is: 'all', of: [] }, 'hit', 'hit', 'hit'],
    [{ is: 'any', of: [] }, 'miss', 'miss', 'miss'],
  ] as const)('%j', (condition, first, then, never) => {
    expect([before, after, unknown].map((now) => truthOf(condition, now))).toEqual([first, then, never])
  })

  test('all that stands in the way is told, with the value that was seen', () => {
    const condition: Condition = { is: 'all', of: [clients('d'), { is: 'not', of: groups('staff') }, groups('x')] }
    expect(unmetIn(condition, after)).toEqual([
      { is: 'clients', wanted: ['d'], seen: ['c'], truth: 'miss' },
      { is: 'groups', wanted: ['staff'], seen: ['staff'], truth: 'hit' },
      { is: 'groups', wanted: ['x'], seen: ['staff'], truth: 'miss' },
    ])
  })

  test('what is met already stands in the way of nothing, though a part of it does not hold', () => {
    const all = (...of: Condition[]): Condition => ({ is: 'all', of })
    const any = (...of: Condition[]): Condition => ({ is: 'any', of })
    const unmet = (condition: Condition) => unmetIn(condition, after).map(({ wanted }) => wanted.join())
    expect(unmet(any(groups('staff'), groups('x')))).toEqual([])
    expect(unmet(all(any(groups('staff'), groups('x')), clients('d')))).toEqual(['d'])
    expect(unmet(all({ is: 'not', of: all(groups('staff'), groups('x')) }, clients('d')))).toEqual(['d'])
    expect(unmet(any(all(groups('staff'), groups('x')), clients('d')))).toEqual(['x', 'd'])
  })
})

describe('rules', () => {
  const contractors = rule([], { name: 'contractors', when: groups('contractors') })
  const finance = rule([flow('passkey')], { name: 'finance', when: groups('finance') })
  const everyone = rule([flow('password', 'totp')])
  const policy = termsFor([contractors, finance, everyone])
  const as = (...in_: string[]) => facts([proven('password')], { groups: in_ })

  test('the first that matches decides', () => {
    expect(next(policy, ask, as('staff'))).toMatchObject({ is: 'answer', rules: ['everyone'] })
    expect(next(policy, ask, as('finance'))).toMatchObject({ is: 'answer', rules: ['finance'] })
    expect(next(policy, ask, as('finance', 'contractors'))).toMatchObject({ is: 'refuse', why: { code: 'denied' } })
  })

  test('before the first proof every reachable rule’s first step is offered, to everybody alike', () => {
    const offers = [{ factor: 'passkey' }, { factor: 'password' }]
    for (const in_ of [['contractors'], ['finance'], null])
      expect(next(policy, ask, facts([], { groups: in_ }))).toMatchObject({ is: 'answer', offers })
    expect(next(policy, ask, facts([], nobody)).is).toBe('identify')
  })

  test('a rule of which nobody can know whether it applies: when it denies, it denies', () => {
    expect(next(policy, ask, facts([proven('password')]))).toMatchObject({ is: 'refuse', why: { code: 'denied' } })
  })

  test('… otherwise a flow survives that does with it and without it, and nothing else', () => {
    const strong = rule([flow('password', 'totp', 'sms')], { name: 'strong', when: groups('x') })
    const weak = rule([flow('password')], { name: 'weak', when: groups('x') })
    const other = rule([flow('passkey')], { name: 'other', when: groups('x') })
    const known = facts([proven('password'), proven('totp')])
    expect(next(termsFor([strong, everyone]), ask, known)).toMatchObject({ is: 'answer', offers: [{ factor: 'sms' }] })
    expect(next(termsFor([weak, everyone]), ask, known).is).toBe('done')
    expect(next(termsFor([weak, everyone]), ask, facts([proven('password')])).is).toBe('answer')
    expect(next(termsFor([other, everyone]), ask, known)).toMatchObject({ is: 'refuse', why: { code: 'denied' } })
  })

  test('without a rule at the end that applies to everybody, nobody else gets in', () => {
    const only = termsFor([finance])
    expect(next(only, ask, facts([proven('passkey')], { groups: ['finance'] })).is).toBe('done')
    expect(next(only, ask, facts([proven('passkey')], { groups: [] }))).toMatchObject({ why: { code: 'denied' } })
  })
})

test.each([
  [flow('password', 'totp'), flow('password'), true],
  [flow('password'), flow('password', 'totp'), false],
  [flow('totp', 'password'), flow('password', 'totp'), true],
  [flow('password', ['totp', 'sms']), flow('password', 'totp'), false],
  [flow('password', 'totp'), flow('password', ['totp', 'sms']), true],
  [flow({ factor: 'passkey', uv: 'required' }), flow('passkey'), true],
  [flow('passkey'), flow({ factor: 'passkey', uv: 'required' }), false],
  [flow('totp'), flow('totp', 'totp'), false],
  [flow('password'), [], true],
])('%j does for %j: %s', (one, other, does) => {
  expect(covers(one, other)).toBe(does)
})
