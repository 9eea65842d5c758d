import fc from 'fast-check'
import { expect, test } from 'vitest'
import { acrValues, meaningOf } from '#shared/acr/index.ts'
import { satisfied } from '#shared/acr/meaning.ts'
import type { Evidence } from '#shared/evidence.ts'
import { allFactors, traitsOf } from '#shared/factors/table.ts'
import { courseOf, openStep } from '#shared/policy/course.ts'
import { type Facts, next, type Terms } from '#shared/policy/next.ts'
import { ask, proof } from './fixtures.ts'

const terms = (flows: Terms['policy']['rules'][number]['flows'], strict = true): Terms => ({
  policy: { name: 'p', rules: flows.length > 0 ? [{ name: 'r', flows }] : [] },
  strict,
  aliases: { 'urn:alias': 'urn:sallyport:acr:aal1' },
})
const password: Terms = terms([[['password']]])
const facts = (evidence: readonly Evidence[] = [], account: string | null = 'ada'): Facts => ({
  named: account !== null,
  account,
  evidence,
  now: 1_000_000,
})

test('nobody named: who are you; somebody named: the first step; proven: done', () => {
  expect(next(password, ask, facts([], null))).toEqual({ is: 'identify' })
  expect(next(password, ask, facts())).toMatchObject({
    is: 'answer',
    factors: ['password'],
    doors: [{ state: 'open' }],
  })
  expect(next(password, ask, facts([proof()]))).toMatchObject({
    is: 'done',
    acr: 'urn:sallyport:acr:aal1',
    evidence: [{ id: 'e1' }],
  })
})

test('no rule, and a rule that denies, let nobody in', () => {
  expect(next(terms([]), ask, facts([proof()]))).toEqual({ is: 'refuse', why: { code: 'denied' } })
  const deny: Terms = { ...password, policy: { name: 'p', rules: [{ name: 'stay out', flows: [] }] } }
  expect(next(deny, ask, facts([proof()]))).toEqual({ is: 'refuse', why: { code: 'denied' } })
})

test('another person’s evidence is no evidence', () => {
  expect(next(password, ask, facts([proof({ account: 'eve' })])).is).toBe('answer')
})

test('max_age and prompt=login discard what is earlier, and never what is proven now', () => {
  const old = proof({ at: 1_000_000 - 61_000 })
  expect(next(password, { ...ask, maxAgeSeconds: 60 }, facts([old])).is).toBe('answer')
  expect(next(password, { ...ask, maxAgeSeconds: 61 }, facts([old])).is).toBe('done')
  expect(next(password, { ...ask, fresh: true }, facts([proof()])).is).toBe('answer')
  for (const strictest of [{ fresh: true }, { maxAgeSeconds: 0 }])
    expect(next(password, { ...ask, ...strictest }, facts([{ ...old, current: true }])).is).toBe('done')
})

test('one authenticator never passes two steps', () => {
  const twice = terms([[['password'], ['password']]])
  expect(next(twice, ask, facts([proof()])).is).toBe('answer')
  expect(next(twice, ask, facts([proof(), proof({ id: 'e2' })])).is).toBe('answer')
  expect(next(twice, ask, facts([proof(), proof({ id: 'e2', authenticator: 'a2' })])).is).toBe('done')
})

test('an alias is met by its level, and is the acr that is reported', () => {
  expect(next(password, { ...ask, acrValues: ['urn:alias'] }, facts([proof()]))).toMatchObject({
    is: 'done',
    acr: 'urn:alias',
  })
})

test('a voluntary client is told the true acr when its own cannot be met; an essential one fails all the same', () => {
  const voluntary = terms([[['password']]], false)
  const mfa = ['urn:sallyport:acr:mfa']
  expect(next(voluntary, { ...ask, acrValues: mfa }, facts([proof()]))).toMatchObject({
    is: 'done',
    acr: 'urn:sallyport:acr:aal1',
  })
  expect(next(voluntary, { ...ask, essentialAcr: mfa }, facts([proof()]))).toEqual({
    is: 'refuse',
    why: { code: 'unmet' },
  })
})

const factor = fc.constantFrom(...allFactors)
const step = fc.uniqueArray(factor, { minLength: 1, maxLength: 3 })
const flows = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 3 })
const acr = fc.constantFrom(...acrValues, 'urn:alias', 'urn:nobody:knows', '__proto__', 'constructor')
const asks = fc.record({
  client: fc.constant('c'),
  acrValues: fc.array(acr, { maxLength: 3 }),
  essentialAcr: fc.option(fc.array(acr, { minLength: 1, maxLength: 2 })),
  maxAgeSeconds: fc.option(fc.nat(200)),
  fresh: fc.boolean(),
  silent: fc.boolean(),
  loginHint: fc.constant(null),
  subject: fc.constantFrom('ada', 'eve', null, null, null),
})
const evidence = fc.array(
  fc
    .record({
      factor,
      which: fc.nat(),
      account: fc.constantFrom('ada', 'ada', 'ada', 'eve'),
      copy: fc.constantFrom(1, 2),
      at: fc.integer({ min: 700_000, max: 1_000_000 }),
      current: fc.boolean(),
    })
    .map(({ which, copy, ...more }) => {
      const { potential } = traitsOf(more.factor)
      const authenticator = `${more.factor} ${copy}`
      return proof({ ...more, ...potential[which % potential.length], authenticator, id: JSON.stringify(more) })
    }),
  { maxLength: 5 },
)
const cases = fc.record({
  flows,
  strict: fc.boolean(),
  ask: asks,
  evidence,
  account: fc.constantFrom('ada', 'ada', null),
})

test('for every policy, ask and evidence: the same answer twice, and nobody is done without evidence for every step', () => {
  fc.assert(
    fc.property(cases, ({ flows, strict, ask, evidence, account }) => {
      const given = facts(evidence, account)
      const answer = next(terms(flows, strict), ask, given)
      expect(next(terms(flows, strict), ask, given)).toEqual(answer)
      if (answer.is !== 'done') return
      expect(flows.some((flow) => openStep(courseOf(flow, answer.evidence)) === null)).toBe(true)
      expect(answer.evidence.every((one) => one.account === account && (one.current || !ask.fresh))).toBe(true)
      expect(ask.subject === null || ask.subject === account).toBe(true)
      if (ask.essentialAcr) expect(ask.essentialAcr).toContain(answer.acr)
      else if (strict && ask.acrValues.length > 0) expect(ask.acrValues).toContain(answer.acr)
      const meaning = meaningOf(answer.acr, { 'urn:alias': 'urn:sallyport:acr:aal1' })
      expect(meaning && satisfied(meaning, answer.evidence, given.now)).toBe(true)
    }),
    { numRuns: 3000 },
  )
})

test('asking for an acr never makes a sequence shorter, nor offers what the policy does not', () => {
  fc.assert(
    fc.property(cases, ({ flows, strict, ask, evidence, account }) => {
      const given = facts(evidence, account)
      const answer = next(terms(flows, strict), ask, given)
      const plain = next(terms(flows, strict), { ...ask, acrValues: [], essentialAcr: null }, given)
      if (answer.is === 'done') expect(plain.is).toBe('done')
      if (answer.is === 'answer') for (const one of answer.factors) expect(flows.flat(2)).toContain(one)
    }),
    { numRuns: 3000 },
  )
})

const filterValues = acrValues.filter((value) => meaningOf(value, {})?.is === 'filter')

test('whoever chooses among what is offered, and answers, arrives: no choice under a filter leads nowhere', () => {
  const plays = fc.record({
    flows,
    acr: fc.array(fc.constantFrom(...filterValues), { maxLength: 3 }),
    choices: fc.array(fc.nat(), { minLength: 9, maxLength: 9 }),
  })
  fc.assert(
    fc.property(plays, ({ flows, acr, choices }) => {
      const asked = { ...ask, acrValues: acr }
      const done: Evidence[] = []
      for (const choice of choices) {
        const answer = next(terms(flows), asked, facts(done))
        if (answer.is === 'refuse') expect(done).toEqual([])
        else if (answer.is !== 'answer') expect(answer.is).toBe('done')
        if (answer.is !== 'answer') return
        const chosen = answer.factors[choice % answer.factors.length] ?? 'password'
        const { potential } = traitsOf(chosen)
        done.push(
          proof({
            factor: chosen,
            authenticator: `${chosen} ${done.length}`,
            id: `${done.length}`,
            ...potential[choice % potential.length],
          }),
        )
      }
      throw new Error('Nine answers are enough for three flows of three steps.')
    }),
    { numRuns: 3000 },
  )
})

test('evidence fills steps in any order of age, each authenticator one of them', () => {
  const flow = [['password'], ['totp', 'token'], ['totp']] as const
  const totp = proof({ id: 'totp', factor: 'totp', authenticator: 't' })
  const token = proof({ id: 'token', factor: 'token', authenticator: 'k', at: 5 })
  expect([...courseOf(flow, [totp]).filled.keys()]).toEqual([1])
  expect(openStep(courseOf(flow, [totp, token, proof()]))).toBeNull()
  expect(openStep(courseOf(flow, [totp, token]))).toBe(0)
})
