import { describe, expect, test } from 'vitest'
import { acrValues, vocabularyOf } from '#shared/acr/index.ts'
import { rfc8176 } from '#shared/amr/rfc8176.ts'
import type { ClientRules } from '#shared/policy/engine/client-rules.ts'
import { lint } from '#shared/policy/lint/lint.ts'
import type { Rule } from '#shared/policy/rules/policy.ts'
import { times } from '#shared/policy/rules/times.ts'
import type { PolicyPerson } from '#shared/policy/tools/simulate.ts'
import { flow, termsFor } from './fixtures.ts'
import { all, clients, found, groups, linted, named, party, person } from './linted.ts'

// What the linter finds in a policy that is one client's, and what it does not.

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

describe('what a client asks for by default', () => {
  const terms = termsFor([named('everyone', null, [flow('password', 'totp')])])
  const asking = (defaultAcr: string[], more: Partial<ClientRules> = {}, people: readonly PolicyPerson[] = []) =>
    lint([terms.policy], [{ id: 'c', defaultAcr, clientRules: { ...terms, ...more } }], people)
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
    expect(values).toEqual(['phrh', 'phr', 'urn:sallyport:acr:aal2', 'urn:sallyport:acr:mfa'])
    expect(values?.every((value) => acrValues.includes(value))).toBe(true)
  })

  test('a value of a factor that policies use, in a rule that nobody reaches, is told by its name', () => {
    const rules = [named('a', null, [flow('password')]), named('late', null, [flow('totp')])]
    const note = linted(rules).find(({ level }) => level === 'note')
    expect(note?.sentence).toContain(' urn:sallyport:acr:totp ')
    expect(note?.sentence).not.toMatch(/kerberos|sms|grid/)
  })

  test('where all levels can be met there is nothing to tell', () => {
    expect(linted([named('a')]).filter(({ code }) => code === 'acr-unmet')).toEqual([])
  })

  test('a value that one of several policies meets is met', () => {
    const [weak, strong] = [
      termsFor([named('a', null, [flow('password')])]),
      termsFor([named('b', null, [flow('passkey')])]),
    ]
    const note = lint([weak.policy, strong.policy], [party(weak), party(strong, 'd')]).find(
      ({ level }) => level === 'note',
    )
    expect((note?.sentence ?? '').split(' ')).not.toContain('phr')
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
