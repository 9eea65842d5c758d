import { describe, expect, test } from 'vitest'
import { type Dialect, wordsFor } from '#shared/amr/dialect.ts'
import { dialects } from '#shared/amr/index.ts'
import type { Evidence } from '#shared/evidence.ts'
import { allFactors, type FactorId, traitsOf } from '#shared/factors/table.ts'
import { next } from '#shared/policy/engine/next.ts'
import { ask, facts, flow, proven, rule, termsFor } from '../policy/fixtures.ts'

// Every factor in every dialect's words, and what two of them add.

/** By factor, each way in which it can be proven: rfc8176 | sta | oneportal | entra. */
const table: Readonly<Record<FactorId, readonly string[]>> = {
  password: ['pwd | pwd | pwd | -'],
  kerberos: ['wia | pwd | pwd | -'],
  totp: ['otp | otp | otp | otp'],
  token: ['otp hwk | otp hwk | otp | otp'],
  grid: ['otp | otp | otp | otp'],
  sms: ['sms | sms | sms | sms'],
  passkey: [
    'hwk user mfa | fido | - | fido',
    'swk user mfa | fido | - | fido',
    'hwk user | fido | - | fido',
    'swk user | fido | - | fido',
  ],
  smartcard: ['sc hwk mfa | sc | - | sc', 'sc | sc | - | sc'],
  'recovery-code': ['otp | otp | otp | -'],
}
const named = ['rfc8176', 'sta', 'oneportal', 'entra']
const inWords = (evidence: readonly Evidence[]) =>
  named.map((name) => wordsFor(dialects[name] as Dialect, evidence).join(' ') || '-').join(' | ')

test.each(allFactors)('%s', (factor) => {
  expect(traitsOf(factor).potential.map((proof) => inWords([proven(factor, proof)]))).toEqual(table[factor])
})

const pairs: readonly (readonly [FactorId, FactorId, string])[] = [
  ['password', 'totp', 'pwd otp mfa | pwd otp mfa | mfa otp pwd | otp'],
  ['password', 'sms', 'pwd sms mca mfa | pwd sms mfa | mfa pwd sms | sms'],
  ['password', 'passkey', 'pwd hwk user mfa | pwd fido mfa | mfa pwd | fido'],
  ['password', 'kerberos', 'pwd wia | pwd mfa | pwd | -'],
  ['totp', 'passkey', 'otp hwk user mfa | otp fido mfa | otp | fido'],
  ['sms', 'totp', 'sms otp mca | sms otp mfa | otp sms | otp'],
  ['smartcard', 'passkey', 'sc hwk user mfa | sc fido mfa | - | fido'],
]
test.each(pairs)('%s and %s', (one, other, words) => {
  expect(inWords([proven(one), proven(other, { at: 1_000_001 })])).toBe(words)
})

describe('what a dialect cannot say cannot alone finish a sign-in', () => {
  const policyOf = (...flows: Parameters<typeof rule>[0]) =>
    termsFor([rule(flows)], { dialect: dialects.oneportal as Dialect })
  const has = { enrolled: [{ id: 'passkey', factor: 'passkey' as const }] }

  test('a flow of that alone is refused at once, and not offered beside another one', () => {
    expect(next(policyOf(flow('passkey')), ask, facts())).toMatchObject({ is: 'refuse', why: { code: 'unmet' } })
    const answer = next(policyOf(flow('passkey'), flow('password')), ask, facts())
    expect(answer).toMatchObject({ is: 'answer', offers: [{ factor: 'password' }] })
  })

  test('nor does a session with it pass', () => {
    const answer = next(policyOf(flow(['passkey', 'password'])), ask, facts([proven('passkey')], has))
    expect(answer.is).not.toBe('done')
  })

  test('with something that is said it is a step like any other', () => {
    const both = [proven('password'), proven('passkey')]
    expect(next(policyOf(flow('password', 'passkey')), ask, facts(both)).is).toBe('done')
  })
})
