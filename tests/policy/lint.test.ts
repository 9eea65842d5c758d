import { describe, expect, test } from 'vitest'
import { acrValues, vocabularyOf } from '#shared/acr/index.ts'
import { rfc8176 } from '#shared/amr/rfc8176.ts'
import type { FactorId } from '#shared/factors/table.ts'
import type { Condition } from '#shared/policy/condition.ts'
import { lint } from '#shared/policy/lint.ts'
import type { Terms } from '#shared/policy/next.ts'
import type { Rule } from '#shared/policy/policy.ts'
import type { Person } from '#shared/policy/simulate.ts'
import { times } from '#shared/policy/times.ts'
import { enrolled, flow, rule, termsFor } from './fixtures.ts'

// What the linter finds in a policy that is one client's, and what it does not.

const groups = (...oneOf: string[]): Condition => ({ is: 'groups', oneOf })
const clients = (...oneOf: string[]): Condition => ({ is: 'clients', oneOf })
const not = (of: Condition): Condition => ({ is: 'not', of })
const all = (...of: Condition[]): Condition => ({ is: 'all', of })
const any = (...of: Condition[]): Condition => ({ is: 'any', of })

const good = [flow('password', 'totp'), flow({ factor: 'passkey', uv: 'required' })]
const named = (name: string, when: Condition | null = null, flows: Rule['flows'] = good) => rule(flows, { name, when })
const party = (terms: Terms, id = 'c') => ({ id, terms })
const person = (name: string, ...factors: FactorId[]): Person => ({ name, groups: [], enrolled: enrolled(...factors) })

const linted = (rules: readonly Rule[], more: Partial<Terms> = {}, people: readonly Person[] = []) => {
  const terms = termsFor(rules, more)
  return lint([terms.policy], [party(terms)], people)
}
/** The findings beyond the note on acr values, with the number of their rule. */
const found = (...given: Parameters<typeof linted>) =>
  linted(...given)
    .filter(({ path }) => path.length > 1)
    .map(({ code, level, path }) => `${level} ${code} ${path.at(-1)}`)

test('a good policy has no finding', () => {
  expect(found([named('staff', groups('staff')), named('everyone')])).toEqual([])
})

describe('a client that is reached with nothing to say in amr', () => {
  const lax = [named('inside', groups('inside'), [[]]), named('everyone')]

  test('a rule that challenges nobody is an error where amr is required, told in the words of Entra’s user', () => {
    const [first] = linted(lax, { requiresAmr: true })
    expect(first).toMatchObject({ code: 'amr-missing', level: 'error', path: ['policies', 'p', 'rules', 0] })
    expect(first?.sentence).toContain('"inside"')
    expect(first?.sentence).toContain(
      "AADSTS5001256: Failed to complete authentication with external provider due to invalid id_token. Failure details: missing required 'amr' claim.",
    )
    expect(first?.fix).toContain('deny')
  })

  test('also where it applies in the few weeks only in which two cities are nearer to each other', () => {
    const call = all(times('Europe/Berlin', [], ['14:00-14:30']), times('America/New_York', [], ['09:00-09:30']))
    expect(found([named('call', call, [[]]), named('everyone')], { requiresAmr: true })).toEqual([
      'error amr-missing 0',
    ])
  })

  test('who takes exactly one word cannot do without either', () => {
    expect(found(lax, { dialect: { ...rfc8176, one: ['otp', 'hwk'] } })).toContain('error amr-missing 0')
  })

  test('elsewhere it is a warning', () => {
    expect(found(lax)).toEqual(['warning amr-missing 0'])
  })

  test('a rule that never decides for this client is none', () => {
    const elsewhere = [named('inside', clients('other'), [[]]), named('everyone')]
    expect(found(elsewhere, { requiresAmr: true })).toEqual(['warning never-applies 0'])
    expect(found([named('everyone'), named('late', null, [[]])], { requiresAmr: true })).toEqual(['warning shadowed 1'])
  })

  test('each client that a policy tells apart is looked at by itself', () => {
    const { policy, ...more } = termsFor([named('inside', clients('c', 'd'), [[]]), named('everyone')])
    const parties = ['a', 'b', 'c', 'd'].map((id) => party({ policy, ...more }, id))
    const said = lint([policy], parties).flatMap(({ code, sentence }) => (code === 'amr-missing' ? [sentence] : []))
    expect(said).toEqual([expect.stringContaining('"c"'), expect.stringContaining('"d"')])
  })

  test('a factor for which a dialect has no word cannot alone finish a flow', () => {
    const dialect = { ...rfc8176, words: { pwd: 'pwd', otp: 'otp' } }
    const levels = (flows: Rule['flows'], requiresAmr: boolean) =>
      linted([named('everyone', null, flows)], { requiresAmr, dialect }).flatMap(({ code, level }) =>
        code === 'amr-unspoken' ? [level] : [],
      )
    const some = [flow(['passkey', 'totp']), flow('password', 'passkey')]
    expect(levels(some, false)).toEqual(['warning'])
    expect(levels(some, true)).toEqual(['warning'])
    expect(levels([flow('passkey')], false)).toEqual(['warning'])
    expect(levels([flow('passkey')], true)).toEqual(['error'])
    expect(levels([flow('password', 'passkey')], true)).toEqual([])
    expect(found([named('everyone', null, [flow(['passkey', 'totp'])])], { requiresAmr: true })).toEqual([])
  })
})

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
    expect(codes).toEqual(['acr-unmet'])
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

describe('what a client asks for by default', () => {
  const terms = termsFor([named('everyone', null, [flow('password', 'totp')])])
  const asking = (defaultAcr: string[], more: Partial<Terms> = {}, people: readonly Person[] = []) =>
    lint([terms.policy], [{ id: 'c', defaultAcr, terms: { ...terms, ...more } }], people)
      .filter(({ code }) => code === 'no-way-in' || code === 'locked-out')
      .map(({ code, level, path }) => `${level} ${code} ${path.at(-1)}`)

  test('must be met by its policy, unless the client takes what comes', () => {
    expect(asking(['urn:sallyport:acr:mfa'])).toEqual([])
    expect(asking(['phr'])).toEqual(['error no-way-in default_acr_values'])
    expect(asking(['phr'], { strict: false })).toEqual([])
  })

  test('and by people', () => {
    expect(asking(['phr', 'urn:sallyport:acr:sms'], { strict: false }, [person('ada', 'password')])).toEqual([
      'warning locked-out 0',
    ])
  })
})

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
  const unknown = (people: readonly Person[], listed: readonly string[] = []) => {
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

describe('acr values that nobody can meet', () => {
  test('a name of the operator’s own is a warning; of the others one note tells', () => {
    const vocabulary = vocabularyOf({
      'https://example.test/strong': 'phrh',
      'https://example.test/any': 'urn:sallyport:acr:aal1',
    })
    const found = linted([named('everyone', null, [flow('password')])], { vocabulary })
    const unmet = found.filter(({ code }) => code === 'acr-unmet')
    expect(unmet).toMatchObject([
      { level: 'warning', path: ['acr', 'aliases', 'https://example.test/strong'] },
      { level: 'note', path: ['policies'] },
    ])
    const values = unmet[1]?.sentence.split(': ')[1]?.split(' ')
    expect(values).toContain('urn:sallyport:acr:mfa')
    expect(values).not.toContain('urn:sallyport:acr:password')
    expect(values?.every((value) => acrValues.includes(value))).toBe(true)
  })

  test('a value that one of several policies meets is met', () => {
    const [weak, strong] = [
      termsFor([named('a', null, [flow('password')])]),
      termsFor([named('b', null, [flow('passkey')])]),
    ]
    const note = lint([weak.policy, strong.policy], [party(weak), party(strong, 'd')]).find(
      ({ level }) => level === 'note',
    )
    expect(note?.sentence.split(' ')).not.toContain('phr')
    const late = linted([named('a', null, [flow('password')]), named('late', null, [flow('passkey')])])
    expect(late.find(({ level }) => level === 'note')?.sentence.split(' ')).toContain('phr')
  })
})

describe('what stands alone', () => {
  test.each<[string, Rule['flows'], readonly string[]]>([
    ['a grid alone', [flow('grid')], ['warning grid-alone 0']],
    ['a grid after a password', [flow('password', 'grid'), flow('grid', 'passkey')], ['warning grid-alone 0']],
    ['a grid beside something else', [flow(['grid', 'passkey'])], []],
    ['a grid, and another flow without it', [flow('password', 'grid'), flow('passkey')], []],
    ['a text message alone', [flow('sms')], ['warning sms-alone 0', 'warning sms-first 0']],
    ['a text message first', [flow('password'), flow(['sms', 'passkey'], 'totp')], ['warning sms-first 0']],
    ['a text message beside a passkey', [flow('password', ['sms', 'passkey'])], []],
    ['a recovery code is no other way', [flow('passkey', ['sms', 'recovery-code'])], ['warning sms-alone 0']],
    ['AAL2 that can be phished', [flow('password', 'totp')], ['warning phishable 0']],
    ['one factor that can be phished is no AAL2', [flow('password')], []],
  ])('%s', (_name, flows, expected) => {
    expect(found([named('everyone', null, flows)])).toEqual(expected)
  })
})
