import { describe, expect, test } from 'vitest'
import { lint } from '#shared/policy/lint/lint.ts'
import type { Rule } from '#shared/policy/rules/policy.ts'
import { flow, rule, termsFor } from './fixtures.ts'
import { all, any, clients, found, groups, named, not, party } from './linted.ts'

// What the linter finds in rules: those that never decide, and those that nobody can satisfy.

describe('rules that never decide', () => {
  test.each<[string, readonly Rule[], readonly string[]]>([
    ['a rule after one for everybody', [named('a'), named('b', groups('x'))], ['warning shadowed 1']],
    [
      'the same condition again',
      [named('a', groups('x')), named('b', groups('x')), named('c')],
      ['warning shadowed 1'],
    ],
    [
      'a narrower one after a wider one',
      [named('a', groups('x', 'y')), named('b', all(groups('x'), groups('z'))), named('c')],
      ['warning shadowed 1'],
    ],
    ['a wider one after a narrower one', [named('a', groups('x')), named('b', groups('x', 'y')), named('c')], []],
    [
      'two that are everybody together',
      [named('a', groups('x')), named('b', not(groups('x'))), named('c')],
      ['warning unreachable 2'],
    ],
    [
      'an either-or that two rules before it have taken apart',
      [named('a', groups('x')), named('b', groups('y')), named('c', any(groups('x'), groups('y'))), named('d')],
      ['warning unreachable 2'],
    ],
    ['a contradiction', [named('a', all(groups('x'), not(groups('x', 'y')))), named('b')], ['warning never-applies 0']],
    ['somebody in two groups', [named('a', all(groups('x'), not(groups('y')))), named('b')], []],
    ['another client', [named('a', clients('other')), named('b')], ['warning never-applies 0']],
    ['one client, which everybody is at', [named('a', clients('c')), named('b')], ['warning shadowed 1']],
  ])('%s', (_name, rules, expected) => {
    expect(found(rules)).toEqual(expected)
  })

  test('a rule for one client of several is reached', () => {
    const terms = termsFor([named('a', clients('c')), named('b')])
    const codes = lint([terms.policy], [party(terms), party(terms, 'd')]).map(({ code }) => code)
    expect(codes).toEqual([])
  })

  test('a policy of no client is read as one of every client that it names, and of another', () => {
    const { policy } = termsFor([named('a', clients('c')), named('b'), named('c')])
    expect(lint([policy], []).map(({ code, path }) => `${code} ${path.at(-1)}`)).toEqual(['shadowed 2'])
  })

  const many = (count: number) => Array.from({ length: count }, (_, at) => named(`g${at}`, groups(`g${at}`)))
  const either = (count: number) => any(...Array.from({ length: count }, (_, at) => groups(`g${at}`)))

  test('sixteen conditions are looked at in every combination', () => {
    expect(found([...many(16), named('any', either(16)), named('everyone')])).toEqual(['warning unreachable 16'])
  })

  test('beyond that, what has a witness or a proof is decided, and the rest is said to be undecided', () => {
    const rules = [
      ...many(17),
      named('again', groups('g3')),
      named('any', either(17)),
      named('everyone'),
      named('late'),
    ]
    const after = [...rules, named('after', groups('g4'))]
    expect(found(after)).toEqual([
      'warning shadowed 17',
      'warning shadowed 20',
      'warning shadowed 21',
      'note undecided 18',
    ])
  })
})

describe('rules that nobody can satisfy', () => {
  test('a secret that is asked for twice', () => {
    expect(found([named('twice', null, [flow('password', 'password')])], { requiresAmr: true })).toEqual([
      'error no-way-in policy',
      'warning cannot-finish 0',
    ])
  })

  test('a ticket that must be fresh', () => {
    const rules = [rule([flow('kerberos')], { fresh: { kerberos: 60_000 } }), named('late')]
    expect(found(rules)).toContain('warning cannot-finish 0')
  })

  test('two apps are two things', () => {
    expect(found([named('two', null, [flow('totp', 'totp'), flow('passkey')])])).toEqual([])
  })

  test('a client that everybody is denied at', () => {
    expect(found([named('nobody', null, [])])).toContain('warning no-way-in policy')
    expect(found([named('nobody', null, []), named('late')])).toContain('warning no-way-in policy')
  })
})
