import { describe, expect, test } from 'vitest'
import { lint } from '#shared/policy/lint/lint.ts'
import { times } from '#shared/policy/rules/times.ts'
import type { PolicyPerson } from '#shared/policy/tools/simulate.ts'
import { flow, rule, termsFor } from './fixtures.ts'
import { any, found, good, groups, linted, named, not, party, person } from './linted.ts'

// What the linter finds once it knows people: who is locked out, and groups that nobody is in.

describe('people who are locked out', () => {
  const staff = [named('staff', groups('staff'), [flow('password', 'totp')]), named('everyone')]

  test('those who have nothing for any flow of a rule that applies to them', () => {
    const ada = person('ada', 'password')
    const locked = linted(staff, {}, [ada, person('grace', 'password', 'totp'), person('eve', 'passkey')])
    expect(locked.filter(({ code }) => code === 'locked-out')).toMatchObject([
      { path: ['policies', 'p', 'rules', 1], sentence: expect.stringMatching(/: ada\.$/) },
    ])
    expect(found(staff, {}, [{ ...ada, groups: ['staff'] }])).toContain('warning locked-out 0')
  })

  test('what is disabled is had by nobody, whoever is looked at first', () => {
    const ada = person('ada', 'password', 'totp')
    const eve = { ...person('eve'), enrolled: ada.enrolled.map((one) => ({ ...one, disabled: one.factor === 'totp' })) }
    for (const people of [
      [ada, eve],
      [eve, ada],
    ]) {
      const locked = linted(staff, {}, people).filter(({ code }) => code === 'locked-out')
      expect(locked).toMatchObject([{ sentence: expect.stringMatching(/: eve\.$/) }, ...locked.slice(1)])
      expect(locked.map(({ sentence }) => sentence).join()).not.toContain('ada')
    }
  })

  test('not by a rule that is never reached', () => {
    const monday = times('UTC', ['mon'])
    const rules = [named('a', monday), named('b', not(monday)), named('late', null, [flow('smartcard')])]
    expect(found(rules, {}, [person('ada', 'passkey')])).toEqual(['warning unreachable 2'])
  })

  test('not those whom a rule denies, nor those who are let off or enrolled on the way', () => {
    const ada = person('ada', 'password')
    expect(
      found([named('nobody', groups('x'), []), named('all', null, good)], {}, [{ ...person('eve'), groups: ['x'] }]),
    ).toEqual([])
    for (const enrol of ['inline', { graceMs: 1000 }] as const)
      expect(found([rule(good, { enrol })], {}, [ada])).toEqual([])
    expect(found([rule(good, { enrol: { graceMs: 1000 } })], { requiresAmr: true }, [ada])).toEqual([
      'warning locked-out 0',
    ])
  })
})

describe('groups that nobody is in', () => {
  const rules = [named('out', not(any(groups('staff'), groups('contractrs'))), []), named('everyone')]
  const ada = { ...person('ada', 'passkey'), groups: ['staff'] }
  const unknown = (people: readonly PolicyPerson[], listed: readonly string[] = []) => {
    const { policy, ...more } = termsFor(rules)
    return lint([policy], [party({ policy, ...more })], people, { groups: listed, acr: [] }).filter(
      ({ code }) => code === 'group-unknown',
    )
  }

  test('are likely misspelt, where people are known and groups are not listed', () => {
    expect(unknown([ada])).toMatchObject([
      { level: 'warning', path: ['policies', 'p', 'rules', 0], sentence: expect.stringMatching(/: contractrs\.$/) },
    ])
    expect(unknown([])).toEqual([])
    expect(unknown([ada], ['staff', 'contractrs'])).toEqual([])
  })
})
