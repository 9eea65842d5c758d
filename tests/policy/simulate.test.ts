import { describe, expect, test } from 'vitest'
import type { AuthorizationRequest } from '#shared/authorization-request.ts'
import type { FactorId } from '#shared/factors/table.ts'
import type { ClientRules } from '#shared/policy/engine/client-rules.ts'
import { simulate } from '#shared/policy/tools/simulate.ts'
import { ask, enrolled, flow, rule, termsFor } from './fixtures.ts'

// A sign-in without anybody: what the engine would ask for, and what the token would say.

const run = (
  terms: ClientRules,
  has: readonly FactorId[],
  more: { asks?: Partial<AuthorizationRequest>; groups?: readonly string[] } = {},
) =>
  simulate(
    { id: 'c', clientRules: terms },
    { ...ask, ...more.asks },
    { name: 'ada', groups: more.groups ?? [], enrolled: enrolled(...has) },
    { now: 1_000_000, address: null, browser: null },
  )
const terms = termsFor([rule([flow('password', ['totp', 'sms']), flow('passkey')])])

describe('an outcome has the doors that are passed, acr and amr', () => {
  test.each<[readonly FactorId[], readonly FactorId[], readonly string[]]>([
    [
      ['password', 'totp'],
      ['password', 'totp'],
      ['pwd', 'otp', 'mfa'],
    ],
    [
      ['password', 'sms'],
      ['password', 'sms'],
      ['pwd', 'sms', 'mca', 'mfa'],
    ],
    [['passkey'], ['passkey'], ['hwk', 'user', 'mfa']],
    [
      ['passkey', 'password', 'totp'],
      ['password', 'totp'],
      ['pwd', 'otp', 'mfa'],
    ],
  ])('with %j: %j', (has, doors, amr) => {
    expect(run(terms, has)).toMatchObject({ is: 'done', doors, amr, acr: expect.any(String) })
  })

  test('acr filters it as it filters a sign-in', () => {
    const all: FactorId[] = ['password', 'totp', 'sms', 'passkey']
    expect(run(terms, all, { asks: { acrValues: ['urn:sallyport:acr:sms'] } })).toMatchObject({
      doors: ['password', 'sms'],
      acr: 'urn:sallyport:acr:sms',
    })
    expect(run(terms, all, { asks: { acrValues: ['phr'] } })).toMatchObject({ doors: ['passkey'], acr: 'phr' })
    expect(run(terms, all, { asks: { acrValues: ['urn:sallyport:acr:grid'] } })).toMatchObject({
      is: 'refuse',
      doors: [],
      why: 'unmet',
    })
  })
})

test('somebody who has nothing for the first door stands before it; who lacks the second is told after the first', () => {
  expect(run(terms, ['totp'])).toMatchObject({ is: 'refuse', doors: [], why: 'not-enrolled' })
  expect(run(terms, ['password'])).toMatchObject({
    is: 'refuse',
    doors: ['password'],
    why: 'not-enrolled',
    missing: ['totp', 'sms', 'passkey'],
  })
})

test('where the first offer leads nowhere, the next is tried', () => {
  const staff = rule([flow('passkey')], { name: 'staff', when: { is: 'groups', oneOf: ['staff'] } })
  const others = rule([flow('password')], { name: 'others' })
  const both = termsFor([staff, others])
  expect(run(both, ['password', 'passkey'], { groups: ['staff'] })).toMatchObject({ is: 'done', doors: ['passkey'] })
  expect(run(both, ['password'], { groups: ['staff'] })).toMatchObject({ is: 'refuse', why: 'not-enrolled' })
  expect(run(both, ['password'])).toMatchObject({ is: 'done', doors: ['password'], amr: ['pwd'] })
})

test('who is let off a step, or would enrol on the way, is said to', () => {
  const grace = termsFor([rule([flow('password', 'totp')], { enrol: { graceMs: 1000 } })])
  expect(run(grace, ['password'])).toMatchObject({ is: 'done', amr: ['pwd'], owed: ['totp'] })
  const inline = termsFor([rule([flow('password', 'totp')], { enrol: 'inline' })])
  expect(run(inline, ['password'])).toMatchObject({ is: 'enrol', doors: ['password'], factors: ['totp'] })
})

test('a rule that denies, denies', () => {
  expect(run(termsFor([rule([])]), ['password'])).toMatchObject({ is: 'refuse', why: 'denied' })
})
