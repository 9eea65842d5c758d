import { describe, expect, test } from 'vitest'
import { openStep, progressOf } from '#shared/policy/engine/flow-progress.ts'
import { next } from '#shared/policy/engine/next.ts'
import { ask, enrolled, facts, flow, nobody, proof, proven, rule, terms, termsFor } from './fixtures.ts'

const password = terms(flow('password'))
const both = terms(flow('password', 'totp'))
const offered = (...given: Parameters<typeof next>) => {
  const answer = next(...given)
  return answer.is === 'answer' ? answer.offers.map(({ factor }) => factor) : answer.is
}

test('nobody named: who are you; somebody named: the first step; proven: done', () => {
  expect(next(password, ask, facts([], nobody))).toMatchObject({ is: 'identify' })
  expect(next(password, ask, facts())).toMatchObject({
    is: 'answer',
    known: false,
    offers: [{ factor: 'password', authenticators: null, doors: [{ state: 'open' }] }],
  })
  expect(next(password, ask, facts([proof()]))).toMatchObject({
    is: 'done',
    acr: 'urn:sallyport:acr:aal1',
    evidence: [{ id: 'e1' }],
    rules: ['everyone'],
  })
})

test('nobody named: the first steps of all flows stand beside it, as the request wants them', () => {
  const flows = terms(flow('passkey'), flow('password', 'totp'))
  const first = (acr: readonly string[]) => next(flows, { ...ask, acrValues: acr }, facts([], nobody))
  expect(first([])).toMatchObject({ is: 'identify', offers: [{ factor: 'passkey' }, { factor: 'password' }] })
  const mfa = first(['urn:sallyport:acr:mfa'])
  expect(mfa).toMatchObject({ is: 'identify', offers: [{ factor: 'passkey', uv: 'required' }, { factor: 'password' }] })
})

test('no rule, and a rule that denies, let nobody in', () => {
  const refused = { is: 'refuse', why: { code: 'denied' }, missing: [] }
  expect(next(terms(), ask, facts([proof()]))).toEqual(refused)
  expect(next(termsFor([rule([], { name: 'stay out' })]), ask, facts([proof()]))).toEqual(refused)
})

test('a rule that asks for nothing lets nobody in who has proven nothing', () => {
  const allow = terms([])
  expect(next(allow, ask, facts([], nobody))).toMatchObject({ is: 'identify' })
  expect(next(allow, ask, facts())).toMatchObject({ is: 'refuse', why: { code: 'unmet' } })
  expect(next(allow, ask, facts([proof()]))).toMatchObject({ is: 'done', acr: 'urn:sallyport:acr:aal1' })
})

test('another person’s evidence is no evidence, and neither is that of an authenticator that is gone', () => {
  expect(next(password, ask, facts([proof({ account: 'eve' })])).is).toBe('answer')
  expect(next(password, ask, facts([proof()], { enrolled: [] })).is).toBe('answer')
  expect(next(password, ask, facts([proof()], { enrolled: [{ id: 'a1', factor: 'password' }] })).is).toBe('done')
})

describe('which step is open', () => {
  test('the steps in order, each with its doors', () => {
    expect(next(both, ask, facts([proven('password')]))).toMatchObject({
      is: 'answer',
      known: true,
      offers: [
        {
          factor: 'totp',
          doors: [
            { factors: ['password'], state: 'passed' },
            { factors: ['totp'], state: 'open' },
          ],
        },
      ],
    })
    expect(next(both, ask, facts([proven('password'), proven('totp')]))).toMatchObject({
      is: 'done',
      acr: 'urn:sallyport:acr:aal2',
    })
  })

  test('the union of the open steps of all flows that can still be finished; the furthest flow’s come first', () => {
    const two = terms(flow('password', 'totp'), flow('passkey', 'sms'))
    expect(offered(two, ask, facts())).toEqual(['password', 'passkey'])
    expect(offered(two, ask, facts([proven('passkey')]))).toEqual(['sms', 'password'])
    expect(offered(two, ask, facts([proven('passkey'), proven('sms')]))).toBe('done')
  })

  test('evidence fills steps in any order of age, each authenticator one of them', () => {
    const three = flow('password', ['totp', 'token'], 'totp')
    const totp = proven('totp')
    const token = proven('token', { at: 5 })
    expect([...progressOf(three, [totp], null).filled.keys()]).toEqual([1])
    expect(openStep(progressOf(three, [totp, token, proof()], null))).toBeNull()
    expect(openStep(progressOf(three, [totp, token], null))).toBe(0)
  })

  test('one authenticator never passes two steps', () => {
    const twice = terms(flow('password', 'password'))
    expect(next(twice, ask, facts([proof()])).is).toBe('answer')
    expect(next(twice, ask, facts([proof(), proof({ id: 'e2' })])).is).toBe('answer')
    expect(next(twice, ask, facts([proof(), proof({ id: 'e2', authenticator: 'a2' })])).is).toBe('done')
  })

  test('a ticket and the password of one directory are one secret', () => {
    const two = terms(flow('kerberos', 'password'))
    const directory = [
      proven('kerberos', { authenticator: 'directory' }),
      proven('password', { authenticator: 'directory' }),
    ]
    expect(next(two, ask, facts(directory)).is).toBe('answer')
    expect(next(two, ask, facts([...directory, proven('password')])).is).toBe('done')
  })

  test('a demand is judged by the evidence: a passkey without its owner shown does not pass where that is required', () => {
    const strict = terms(flow({ factor: 'passkey', uv: 'required' }))
    const touched = proven('passkey', { proves: ['has'] })
    expect(offered(strict, ask, facts([touched]))).toEqual(['passkey'])
    expect(offered(strict, ask, facts([touched], { enrolled: enrolled('passkey') }))).toEqual(['passkey'])
    expect(next(strict, ask, facts([proven('passkey')])).is).toBe('done')
    for (const uv of ['preferred', 'discouraged'] as const)
      expect(next(terms(flow({ factor: 'passkey', uv })), ask, facts([touched])).is).toBe('done')
  })
})

describe('what the person has', () => {
  const wide = terms(flow('password', ['totp', 'sms', 'passkey']))

  test('decides nothing before the first proof', () => {
    for (const has of [enrolled('password'), enrolled('totp'), []])
      expect(next(both, ask, facts([], { enrolled: has }))).toEqual(next(both, ask, facts()))
  })

  test('is what is offered after it, with the authenticators that can answer', () => {
    const has = [...enrolled('password', 'sms'), { id: 't1', factor: 'totp' }, { id: 't2', factor: 'totp' }] as const
    expect(next(wide, ask, facts([proven('password')], { enrolled: has }))).toMatchObject({
      offers: [
        { factor: 'totp', authenticators: ['t1', 't2'] },
        { factor: 'sms', authenticators: ['sms'] },
      ],
    })
  })

  test('nothing for a step: refused after the first proof, with what would have done', () => {
    expect(next(wide, ask, facts([proven('password')], { enrolled: enrolled('password') }))).toEqual({
      is: 'refuse',
      why: { code: 'not-enrolled' },
      missing: ['totp', 'sms', 'passkey'],
    })
  })

  test('an authenticator that a later step needs is not offered for an earlier one', () => {
    const tight = terms(flow('password', ['totp', 'sms'], 'totp'))
    const has = enrolled('password', 'totp', 'sms')
    expect(offered(tight, ask, facts([proven('password')], { enrolled: has }))).toEqual(['sms'])
  })

  test('an authenticator that has passed a step is not offered for another', () => {
    const twice = terms(flow('password', ['totp', 'sms'], ['totp', 'sms']))
    const after = facts([proven('password'), proven('totp')], { enrolled: enrolled('password', 'totp', 'sms') })
    expect(offered(twice, ask, after)).toEqual(['sms'])
  })
})

describe('acr', () => {
  const mfa = ['urn:sallyport:acr:mfa']

  test('an alias is met by its level, and is the acr that is reported', () => {
    const asked = { ...ask, acrValues: ['urn:alias'] }
    expect(next(password, asked, facts([proof()]))).toMatchObject({ is: 'done', acr: 'urn:alias' })
  })

  test('a voluntary client is told the true acr when its own cannot be met; an essential one fails all the same', () => {
    const voluntary = { ...password, strict: false }
    expect(next(voluntary, { ...ask, acrValues: mfa }, facts([proof()]))).toMatchObject({
      is: 'done',
      acr: 'urn:sallyport:acr:aal1',
    })
    const unmet = { is: 'refuse', why: { code: 'unmet' }, missing: [] }
    expect(next(voluntary, { ...ask, essentialAcr: mfa }, facts([proof()]))).toEqual(unmet)
    expect(next(password, { ...ask, acrValues: mfa }, facts([], nobody))).toEqual(unmet)
  })

  test('a voluntary value that only this person cannot meet stands aside too', () => {
    const either = { ...terms(flow('password', 'totp'), flow('password')), strict: false }
    const has = facts([proven('password')], { enrolled: enrolled('password') })
    expect(next(either, { ...ask, acrValues: mfa }, has)).toMatchObject({ is: 'done', acr: 'urn:sallyport:acr:aal1' })
    expect(next({ ...either, strict: true }, { ...ask, acrValues: mfa }, has)).toMatchObject({ missing: ['totp'] })
  })

  test('a step that is passed is asked again where a level needs another factor in it', () => {
    const either = terms(flow(['password', 'passkey']))
    const asked = { ...ask, acrValues: ['phr'] }
    expect(offered(either, asked, facts([proven('password')]))).toEqual(['passkey'])
    expect(next(either, asked, facts([proven('password'), proven('passkey')]))).toMatchObject({ acr: 'phr' })
  })

  test('step-up asks only for what is missing', () => {
    const either = terms(flow('password'), flow('password', 'totp'))
    expect(next(either, ask, facts([proven('password')])).is).toBe('done')
    expect(offered(either, { ...ask, acrValues: mfa }, facts([proven('password')]))).toEqual(['totp'])
  })
})
