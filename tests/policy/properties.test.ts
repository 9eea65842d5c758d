import fc from 'fast-check'
import { expect, test } from 'vitest'
import { acrValues, meaningOf } from '#shared/acr/index.ts'
import { satisfied } from '#shared/acr/meaning.ts'
import { wordsFor } from '#shared/amr/dialect.ts'
import { usableOf } from '#shared/authenticator.ts'
import type { Evidence } from '#shared/evidence.ts'
import { type FactorId, traitsOf } from '#shared/factors/table.ts'
import type { ClientRules } from '#shared/policy/engine/client-rules.ts'
import type { Facts } from '#shared/policy/engine/facts.ts'
import { openStep, progressOf } from '#shared/policy/engine/flow-progress.ts'
import { type Next, next, type Offer } from '#shared/policy/engine/next.ts'
import { accepts, type Choice, potentialOf } from '#shared/policy/rules/policy.ts'
import { explain } from '#shared/policy/tools/explain.ts'
import { asks, authenticators, flow, runs, someFacts, terms } from './arbitrary.ts'
import { ask, facts, proof, proven, rule, termsFor, flow as written } from './fixtures.ts'

// What holds for every policy, every request and all facts.

const any = [terms, asks, someFacts] as const
const flowsOf = ({ policy }: ClientRules) => policy.rules.flatMap(({ flows }) => flows)
/** Every rule that decides has a flow that was finished, or let off but for something. */
const isFinished = ({ evidence, owed, rules }: Extract<Next, { is: 'done' }>, { policy }: ClientRules) =>
  policy.rules
    .filter(({ name }) => rules.includes(name))
    .every(({ flows, enrol }) =>
      flows
        .map((flow) => progressOf(flow, evidence, null))
        .some((one) => openStep(one) === null || (owed && typeof enrol === 'object' && one.filled.size > 0)),
    )

test('the same inputs give the same answer, which is the one that is explained', () => {
  fc.assert(
    fc.property(...any, (terms, ask, facts) => {
      const answer = next(terms, ask, facts)
      expect(next(terms, ask, facts)).toEqual(answer)
      expect(explain(terms, ask, facts).next).toEqual(answer)
    }),
    runs(1000),
  )
})

test('nobody is done without evidence, without a flow of the policy finished by it, or without what was asked', () => {
  fc.assert(
    fc.property(...any, (terms, ask, facts) => {
      const answer = next(terms, ask, facts)
      if (answer.is !== 'done') return
      expect(answer.evidence.length).toBeGreaterThan(0)
      expect(answer.rules.length).toBeGreaterThan(0)
      expect(isFinished(answer, terms)).toBe(true)
      expect(answer.evidence.every((one) => one.account === facts.account && (one.current || !ask.fresh))).toBe(true)
      expect(ask.subject === null || ask.subject === facts.account).toBe(true)
      if (ask.essentialAcr) expect(ask.essentialAcr).toContain(answer.acr)
      else if (terms.strict && ask.acrValues.length > 0) expect(ask.acrValues).toContain(answer.acr)
      const meaning = meaningOf(answer.acr, terms.vocabulary)
      expect(meaning && satisfied(meaning, answer.evidence, facts.now)).toBe(true)
      expect(wordsFor(terms.dialect, answer.evidence)).not.toEqual([])
      if (answer.owed) expect(ask.acrValues.length === 0 && !ask.essentialAcr && !terms.requiresAmr).toBe(true)
    }),
    runs(3000),
  )
})

test('under a rule that renews, nobody is done on a recovery that nothing new has followed, in whichever sign-in it was', () => {
  const isPossession = (factor: FactorId) =>
    !traitsOf(factor).lastResort && traitsOf(factor).potential.every(({ proves }) => proves.includes('has'))
  const cases = fc.record({
    flows: fc.array(flow, { maxLength: 2 }),
    step: fc.subarray<FactorId>(['totp', 'passkey', 'sms'], { minLength: 1 }),
    has: authenticators,
    at: fc.constantFrom(500_000, 999_000, 999_500),
    current: fc.boolean(),
  })
  const seen = { done: 0, asked: 0 }
  fc.assert(
    fc.property(cases, ({ flows, step, has, at, current }) => {
      const terms = termsFor([rule([...flows, written('password', [...step, 'recovery-code'])], { renew: true })])
      const done = [proven('password', { current }), proven('recovery-code', { at, current })]
      const enrolled = [...has, ...done.map(({ factor, authenticator: id }) => ({ factor, id, boundAt: 0 }))]
      const answer = next(terms, ask, facts(done, { enrolled }))
      seen[answer.is === 'done' ? 'done' : 'asked'] += 1
      if (answer.is !== 'done' || !answer.evidence.some(({ factor }) => traitsOf(factor).lastResort)) return
      expect(has.some(({ factor, boundAt }) => isPossession(factor) && (boundAt ?? 0) >= at)).toBe(true)
    }),
    runs(1000),
  )
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(0)
})

test('asking for an acr never makes a sequence shorter, nor offers what the policy does not', () => {
  fc.assert(
    fc.property(...any, (terms, ask, facts) => {
      const answer = next(terms, ask, facts)
      const plain = next(terms, { ...ask, acrValues: [], essentialAcr: null }, facts)
      if (answer.is === 'done') expect(plain.is).toBe('done')
      const known = flowsOf(terms)
        .flat(2)
        .map(({ factor }) => factor)
      for (const { factor } of offersIn(answer)) expect(known).toContain(factor)
    }),
    runs(3000),
  )
})

test('before the first proof everybody is answered alike, whatever groups, authenticators and browsers they have', () => {
  fc.assert(
    fc.property(...any, someFacts, (terms, ask, one, other) => {
      const anybody = { ...other, account: 'ada', named: true, evidence: [], address: one.address }
      const answer = next(terms, ask, { ...one, account: 'ada', named: true, evidence: [] })
      expect(next(terms, ask, anybody)).toEqual(answer)
      expect(next(terms, ask, { ...anybody, account: null })).toEqual(answer)
      if (answer.is === 'answer') expect(answer.offers.every((offer) => offer.authenticators === null)).toBe(true)
    }),
    runs(1000),
  )
})

test('every refusal says why, and every explanation names the rules', () => {
  fc.assert(
    fc.property(...any, (terms, ask, facts) => {
      const { next: answer, rules, flows, evidence } = explain(terms, ask, facts)
      expect(rules.map(({ name }) => name)).toEqual(terms.policy.rules.map(({ name }) => name))
      for (const { verdict, unmet } of rules) {
        if (verdict === 'hit') expect(unmet).toEqual([])
        if (verdict === 'may') expect(unmet).not.toEqual([])
      }
      expect(evidence).toHaveLength(facts.evidence.length)
      if (answer.is !== 'refuse') return
      expect(['denied', 'unmet', 'not-enrolled', 'wrong-person']).toContain(answer.why.code)
      if (answer.why.code === 'not-enrolled') expect(answer.missing.length).toBeGreaterThan(0)
      if (answer.why.code === 'denied') expect(flows.every(({ because }) => because === 'unknown-rule')).toBe(true)
    }),
    runs(1000),
  )
})

const offersIn = (answer: Next) => (answer.is === 'answer' ? answer.offers : [])
type Play = (offers: readonly Choice[], turn: number) => { choice: Choice; which: number }

/** Somebody who has these authenticators signs in, as a player chooses; what each turn was answered. */
function signIn(terms: ClientRules, asked: typeof ask, has: Facts['enrolled'], play: Play): readonly Next[] {
  const done: Evidence[] = []
  const turns: Next[] = []
  const usable = usableOf(has) ?? []
  for (let turn = 0; turn < 10; turn++) {
    const answer = next(terms, asked, facts(done, { enrolled: has, groups: [] }))
    turns.push(answer)
    const own = offersIn(answer).filter(({ factor }) => usable.some((one) => one.factor === factor))
    if (own.length === 0) return turns
    const { choice, which } = play(own, turn)
    const offer = own.find(({ factor }) => factor === choice.factor)
    const ids = offer?.authenticators ?? usable.filter(({ factor }) => factor === choice.factor).map(({ id }) => id)
    const potential = traitsOf(choice.factor).potential.filter(({ proves }) => accepts(choice, { ...choice, proves }))
    const proves = potential[which % potential.length]
    done.push(
      proof({
        ...proves,
        factor: choice.factor,
        authenticator: ids[which % ids.length] ?? '',
        id: `e${turn}`,
        current: true,
      }),
    )
  }
  throw new Error('Nine answers are enough for three flows of three steps.')
}

const filters = acrValues.filter((value) => meaningOf(value, termsFor([]).vocabulary)?.is === 'filter')

test('whoever chooses among what is offered after the first proof, and answers, arrives: no choice leads nowhere', () => {
  const plays = fc.record({
    flows: fc.array(flow, { minLength: 1, maxLength: 3 }),
    acr: fc.array(fc.constantFrom(...filters), { maxLength: 3 }),
    has: authenticators,
    choices: fc.array(fc.nat(), { minLength: 10, maxLength: 10 }),
  })
  fc.assert(
    fc.property(plays, ({ flows, acr, has, choices }) => {
      const turns = signIn(termsFor([rule(flows)]), { ...ask, acrValues: acr }, has, (offers, turn) => {
        const which = choices[turn] ?? 0
        return { choice: offers[which % offers.length] ?? { factor: 'password' }, which }
      })
      const last = turns.at(-1)
      if (last?.is === 'refuse') expect(turns.length).toBeLessThanOrEqual(2)
      else if (last?.is === 'answer') expect(turns).toHaveLength(1)
      else expect(last?.is).toBe('done')
    }),
    runs(3000),
  )
})

test('grace lets off what somebody has nothing for, and nothing else', () => {
  const cases = fc.record({
    flows: fc.array(flow, { minLength: 1, maxLength: 2 }),
    has: authenticators,
    choices: fc.array(fc.nat(), { minLength: 10, maxLength: 10 }),
  })
  let owed = 0
  fc.assert(
    fc.property(cases, ({ flows, has, choices }) => {
      const lenient = termsFor([rule(flows, { enrol: { graceMs: 1 } })])
      const turns = signIn(lenient, ask, has, (offers, turn) => {
        const which = choices[turn] ?? 0
        return { choice: offers[which % offers.length] ?? { factor: 'password' }, which }
      })
      const last = turns.at(-1)
      if (last?.is !== 'done' || last.owed === null) return
      owed += 1
      const used = last.evidence.map(({ authenticator }) => authenticator)
      const spare = has?.filter(({ id }) => !used.includes(id)).map(({ factor }) => factor) ?? []
      const isRight = flows.some((one) => {
        const { filled } = progressOf(one, last.evidence, null)
        return one.every((step, at) => filled.has(at) || !step.some(({ factor }) => spare.includes(factor)))
      })
      expect(isRight).toBe(true)
    }),
    runs(1000),
  )
  expect(owed).toBeGreaterThan(0)
})

test('under a level too: whatever is offered can still be finished by somebody who proves all that it can prove', () => {
  const cases = fc.record({
    flows: fc.array(flow, { minLength: 1, maxLength: 2 }),
    acr: fc.array(fc.constantFrom(...acrValues), { minLength: 1, maxLength: 2 }),
    has: authenticators,
  })
  fc.assert(
    fc.property(cases, ({ flows, acr, has }) => {
      const after = (done: readonly Evidence[]) =>
        next(termsFor([rule(flows)]), { ...ask, acrValues: acr }, facts(done, { enrolled: has, groups: [] }))
      const proofs = ({ factor, uv, authenticators }: Offer, turn: number): readonly Evidence[] => {
        const choice = uv ? { factor, uv } : { factor }
        const ids = authenticators ?? has.filter((one) => one.factor === factor && !one.disabled).map(({ id }) => id)
        return potentialOf(choice).flatMap((proves) =>
          ids.map((authenticator) => proof({ ...proves, factor, authenticator, id: `e${turn}`, current: true })),
        )
      }
      const canFinish = (done: readonly Evidence[]): boolean => {
        const answer = after(done)
        return answer.is === 'done' || offersIn(answer).some((offer) => leadsOn(offer, done))
      }
      const leadsOn = (offer: Offer, done: readonly Evidence[]) =>
        proofs(offer, done.length).some((one) => canFinish([...done, one]))
      for (const first of offersIn(after([])).flatMap((offer) => proofs(offer, 0)))
        for (const offer of offersIn(after([first]))) expect(leadsOn(offer, [first])).toBe(true)
    }),
    runs(2000),
  )
})
