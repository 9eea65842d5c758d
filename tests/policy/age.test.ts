import { describe, expect, test } from 'vitest'
import { vocabularyOf } from '#shared/acr/index.ts'
import type { Evidence } from '#shared/evidence.ts'
import { next } from '#shared/policy/engine/next.ts'
import { ask, facts, flow, proven, rule, terms, termsFor } from './fixtures.ts'

// What is earlier counts for as long as request, policy and rule say; what is proven now always does.

const minute = 60_000
const aged = (factor: 'password' | 'totp', minutes: number, current = false) =>
  proven(factor, { at: 1_000_000 - minutes * minute, current })
const isDone = (...given: Parameters<typeof next>) => next(...given).is === 'done'

const both = [aged('password', 10), aged('totp', 2)]

test('max_age discards item by item', () => {
  const policy = terms(flow('password', 'totp'))
  expect(isDone(policy, { ...ask, maxAgeSeconds: 600 }, facts(both))).toBe(true)
  const answer = next(policy, { ...ask, maxAgeSeconds: 300 }, facts(both))
  expect(answer).toMatchObject({ is: 'answer', offers: [{ factor: 'password', doors: [{}, { state: 'passed' }] }] })
})

test('prompt=login discards everything earlier', () => {
  const policy = terms(flow('password'))
  expect(isDone(policy, { ...ask, fresh: true }, facts([aged('password', 0)]))).toBe(false)
  for (const strictest of [{ fresh: true }, { maxAgeSeconds: 0 }])
    expect(isDone(policy, { ...ask, ...strictest }, facts([aged('password', 60, true)]))).toBe(true)
})

test('reuse: how long a factor counts again, each on its own', () => {
  const { policy, ...rest } = terms(flow('password', 'totp'))
  const within = (reuse: object) => isDone({ ...rest, policy: { ...policy, reuse } }, ask, facts(both))
  expect(within({})).toBe(true)
  expect(within({ password: 10 * minute, totp: 2 * minute })).toBe(true)
  expect(within({ password: 9 * minute })).toBe(false)
  expect(within({ totp: minute })).toBe(false)
  expect(within({ sms: 1 })).toBe(true)
})

test('fresh: what one rule finds too old, under that rule alone', () => {
  const strict = rule([flow('password')], {
    name: 'strict',
    when: { is: 'clients', oneOf: ['vault'] },
    fresh: { password: minute },
  })
  const policy = termsFor([strict, rule([flow('password')])])
  const old = facts([aged('password', 2)])
  expect(isDone(policy, { ...ask, client: 'vault' }, old)).toBe(false)
  expect(isDone(policy, { ...ask, client: 'wiki' }, old)).toBe(true)
  expect(isDone(policy, { ...ask, client: 'vault' }, facts([aged('password', 2, true)]))).toBe(true)
})

describe('aal2 takes what is a day old at most', () => {
  const day = 24 * 60 * minute
  const now = 10 * day
  const at = (age: number) => ({ at: now - age })
  const both = terms(flow('password', 'totp'))
  const aal2 = { ...ask, acrValues: ['urn:sallyport:acr:aal2'] }
  const old = [proven('password', at(day + 1)), proven('totp', at(day + 1))]
  const given = (...evidence: readonly Evidence[]) => facts(evidence, { now })

  test('what is older is proven again, also where it is asked for by claims, and no more than that', () => {
    expect(next(both, aal2, given(...old))).toMatchObject({ is: 'answer', offers: [{ factor: 'password' }] })
    const essential = { ...ask, essentialAcr: ['urn:sallyport:acr:aal2'] }
    const half = given(proven('password', at(day)), proven('totp', at(day + 1)))
    expect(next(both, essential, half)).toMatchObject({ is: 'answer', offers: [{ factor: 'totp' }] })
    expect(next(both, aal2, given(proven('password', at(day)), proven('totp', at(0))))).toMatchObject({ is: 'done' })
  })

  test('it counts where another requested value takes it, or none was requested', () => {
    const either = { ...ask, acrValues: [...aal2.acrValues, 'urn:sallyport:acr:mfa'] }
    for (const asked of [either, ask])
      expect(next(both, asked, given(...old))).toMatchObject({ is: 'done', acr: 'urn:sallyport:acr:mfa' })
  })

  test.each([
    { acrValues: ['phr', 'urn:sallyport:acr:aal2'] },
    { acrValues: ['urn:sallyport:acr:passkey', 'urn:sallyport:acr:aal2'] },
    { essentialAcr: ['phr', 'urn:sallyport:acr:aal2'] },
    { acrValues: ['urn:own'] },
  ])('also beside what nobody can give, and in an operator’s own value: %j', (asked) => {
    const vocabulary = vocabularyOf({}, { 'urn:own': { factors: ['totp'], level: 'urn:sallyport:acr:aal2' } })
    for (const strict of [true, false])
      expect(next({ ...both, vocabulary, strict }, { ...ask, ...asked }, given(...old))).toMatchObject({
        is: 'answer',
        offers: [{ factor: 'password' }],
      })
  })

  test.each(['kerberos', 'passkey'] as const)('an old %s beside what is enough is not in the way', (factor) => {
    const evidence = [proven('password', at(0)), proven('totp', at(0)), proven(factor, at(2 * day))]
    expect(next(both, aal2, given(...evidence))).toMatchObject({ is: 'done', acr: 'urn:sallyport:acr:aal2' })
  })
})

describe('a workplace ticket may be hours old', () => {
  const ticket = proven('kerberos', { current: true })
  const either = terms(flow(['kerberos', 'password']))

  test('it counts where nothing has to be fresh', () => {
    expect(isDone(either, ask, facts([ticket]))).toBe(true)
  })

  test.each([{ fresh: true }, { maxAgeSeconds: 3600 }])('it never satisfies %j, and is not offered for it', (asked) => {
    expect(next(either, { ...ask, ...asked }, facts([ticket]))).toMatchObject({
      is: 'answer',
      offers: [{ factor: 'password' }],
    })
    expect(next(terms(flow('kerberos')), { ...ask, ...asked }, facts([ticket]))).toMatchObject({
      is: 'refuse',
      why: { code: 'unmet' },
    })
  })

  test('nor a rule that wants it fresh', () => {
    const strict = termsFor([rule([flow(['kerberos', 'password'])], { fresh: { kerberos: minute } })])
    expect(isDone(strict, ask, facts([ticket]))).toBe(false)
  })
})

test('an authenticator that was used twice counts as it was used last', () => {
  const twice = [aged('password', 10), { ...aged('password', 1), id: 'later' }]
  const answer = next(terms(flow('password')), ask, facts(twice))
  expect(answer).toMatchObject({ is: 'done', evidence: [{ id: 'later' }] })
})
