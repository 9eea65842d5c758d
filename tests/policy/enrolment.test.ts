import { describe, expect, test } from 'vitest'
import { next } from '#shared/policy/engine/next.ts'
import { nextSilently } from '#shared/policy/engine/next-silently.ts'
import { explain } from '#shared/policy/tools/explain.ts'
import { ask, enrolled, facts, flow, proven, rule, termsFor } from './fixtures.ts'

// What happens where somebody has no authenticator for a step.

const dayMs = 86_400_000
const now = 100 * dayMs
const policy = (enrol: 'never' | 'inline' | { graceMs: number }, more = {}) =>
  termsFor([rule([flow('password', ['totp', 'passkey'])], { enrol })], more)
const password = { ...proven('password'), at: now, current: true }
const only = (more = {}) => facts([password], { enrolled: enrolled('password'), now, ...more })
const missing = { is: 'refuse', why: { code: 'not-enrolled' }, missing: ['totp', 'passkey'] }

test('never: refused', () => {
  expect(next(policy('never'), ask, only())).toEqual(missing)
})

describe('grace', () => {
  const grace = policy({ graceMs: 14 * dayMs })

  test('lets the step off for so long from when the rule first applied, and the token says only what was done', () => {
    const day = (since: number) => next(grace, ask, only({ appliedSince: { everyone: now - since * dayMs } }))
    expect(next(grace, ask, only())).toMatchObject({ is: 'done', acr: 'urn:sallyport:acr:aal1' })
    expect(day(13)).toMatchObject({
      is: 'done',
      evidence: [{ factor: 'password' }],
      owed: { factors: ['totp', 'passkey'], until: now + dayMs },
    })
    expect(day(14)).toEqual(missing)
  })

  test('never under a requested acr, also a voluntary one, nor where the client requires amr', () => {
    for (const asked of [{ acrValues: ['urn:sallyport:acr:aal1'] }, { essentialAcr: ['urn:sallyport:acr:aal1'] }])
      expect(next(grace, { ...ask, ...asked }, only())).toEqual(missing)
    const wished = { ...ask, acrValues: ['urn:nobody'] }
    expect(next({ ...grace, strict: false }, wished, only())).toEqual(missing)
    expect(nextSilently({ ...grace, strict: false }, { ...wished, silent: true }, only())).toEqual(missing)
    expect(next(policy({ graceMs: dayMs }, { requiresAmr: true }), ask, only())).toEqual(missing)
  })

  test('somebody who has an authenticator is asked for it', () => {
    expect(next(grace, ask, only({ enrolled: enrolled('password', 'totp') }))).toMatchObject({
      is: 'answer',
      offers: [{ factor: 'totp' }],
    })
  })

  test('what somebody has is asked for, also where another step is let off', () => {
    const three = termsFor([rule([flow('password', 'passkey', 'totp')], { enrol: { graceMs: dayMs } })])
    const has = only({ enrolled: enrolled('password', 'totp') })
    expect(next(three, ask, has)).toMatchObject({ is: 'answer', offers: [{ factor: 'totp' }] })
  })

  test('no step is guessed away: whoever has something disabled for it is not let off, whatever else they lack', () => {
    const sms = { id: 'sms', factor: 'sms' as const, disabled: true }
    const three = termsFor([rule([flow('password', 'totp', 'sms')], { enrol: { graceMs: dayMs } })])
    expect(next(three, ask, only())).toMatchObject({ is: 'done' })
    expect(next(three, ask, only({ enrolled: [...enrolled('password'), sms] }))).toMatchObject({ is: 'refuse' })
    // Without a text, the app must stand in for it; then there is nothing for the other step.
    const either = termsFor([rule([flow('password', ['totp', 'sms'], 'totp')], { enrol: { graceMs: dayMs } })])
    const both = only({ enrolled: [...enrolled('password', 'totp'), sms] })
    expect(next(either, ask, both)).toMatchObject({ is: 'refuse' })
  })

  test('a flow of nothing but what is owed is not finished', () => {
    const alone = termsFor([rule([flow('totp')], { enrol: { graceMs: dayMs } })])
    expect(next(alone, ask, only())).toMatchObject({ is: 'refuse', why: { code: 'not-enrolled' } })
  })
})

describe('renew', () => {
  const code = { ...proven('recovery-code'), at: now, current: true }
  const step = ['totp', 'passkey', 'recovery-code'] as const
  const renewing = termsFor([rule([flow('password', [...step])], { renew: true })])
  const has = (boundAt: number | null) => [
    ...enrolled('password', 'recovery-code'),
    { id: 'new', factor: 'totp' as const, boundAt },
  ]
  const came = (more = {}) => facts([password, code], { enrolled: has(null), now, ...more })

  test('a recovery is followed by a new authenticator, of those that the rule names', () => {
    expect(next(renewing, ask, came())).toMatchObject({
      is: 'enrol',
      because: 'recovered',
      factors: ['totp', 'passkey'],
      doors: [{ state: 'passed' }, { state: 'passed' }],
    })
    expect(next(renewing, ask, came({ enrolled: has(now - 1) })).is).toBe('enrol')
    expect(next(renewing, ask, came({ enrolled: has(now) }))).toMatchObject({ is: 'done' })
  })

  test('what a session recovered with counts once something was added after it, and nowhere before', () => {
    const carried = [
      { ...password, current: false },
      { ...code, current: false },
    ]
    const before = facts(carried, { enrolled: has(null), now })
    const asked = next(renewing, ask, before)
    expect(asked.is === 'answer' && asked.offers.map(({ factor }) => factor)).toEqual(['totp', 'recovery-code'])
    expect(explain(renewing, ask, before).evidence.map(({ discarded }) => discarded)).toEqual([null, 'renew'])
    expect(next(renewing, ask, facts(carried, { enrolled: has(now - 1), now })).is).toBe('answer')
    expect(next(renewing, ask, facts(carried, { enrolled: has(now), now })).is).toBe('done')
    // Another code, in the sign-in under way, is followed by a new authenticator as the first one should have been.
    const again = [...carried, { ...code, id: 'another', at: now + 1, current: true }]
    expect(next(renewing, ask, facts(again, { enrolled: has(now), now }))).toMatchObject({ because: 'recovered' })
  })

  test('nothing is asked by a rule that does not say so, or that names nothing which could be added', () => {
    const carried = facts([password, { ...code, current: false }], { enrolled: has(null), now })
    const plain = termsFor([rule([flow('password', [...step])])])
    const nothing = termsFor([rule([flow('password', 'recovery-code')], { renew: true })])
    for (const terms of [plain, nothing])
      for (const known of [came(), carried]) expect(next(terms, ask, known).is).toBe('done')
  })
})

describe('inline', () => {
  test('an enrol door, after what comes before it; enrolling is not proving', () => {
    expect(next(policy('inline'), ask, facts([], { enrolled: enrolled('password') })).is).toBe('answer')
    expect(next(policy('inline'), ask, only())).toMatchObject({
      is: 'enrol',
      factors: ['totp', 'passkey'],
      doors: [{ state: 'passed' }, { state: 'open' }],
    })
    const after = only({ enrolled: enrolled('password', 'totp') })
    expect(next(policy('inline'), ask, after)).toMatchObject({ is: 'answer', offers: [{ factor: 'totp' }] })
  })

  test('only for somebody who has no second factor at all, and never when more is required', () => {
    expect(next(policy('inline'), ask, only({ enrolled: enrolled('password', 'sms') }))).toEqual(missing)
    expect(next(policy('inline'), { ...ask, acrValues: ['urn:sallyport:acr:mfa'] }, only())).toMatchObject(missing)
    expect(next(policy('inline', { requiresAmr: true }), ask, only())).toEqual(missing)
  })

  test('only for whoever has just proven what comes before it: a session that was left open is not enough', () => {
    const earlier = { ...password, current: false }
    expect(next(policy('inline'), ask, only({ evidence: [earlier] }))).toMatchObject({
      is: 'answer',
      offers: [{ factor: 'password' }],
    })
    const again = only({ evidence: [earlier, { ...password, id: 'again' }] })
    expect(next(policy('inline'), ask, again)).toMatchObject({ is: 'enrol', factors: ['totp', 'passkey'] })
    const alone = termsFor([rule([flow('totp')], { enrol: 'inline' })])
    expect(next(alone, ask, only({ evidence: [earlier] })).is).toBe('refuse')
  })

  test('a later step’s door waits for the steps before it', () => {
    const three = termsFor([rule([flow('password', 'kerberos', 'totp')], { enrol: 'inline' })])
    expect(next(three, ask, only({ enrolled: enrolled('password', 'kerberos') }))).toMatchObject({
      is: 'answer',
      offers: [{ factor: 'kerberos' }],
    })
  })
})
