import fc from 'fast-check'
import { expect, test } from 'vitest'
import { next } from '#shared/policy/engine/next.ts'
import { rounds } from '../exhaustive.ts'
import { askedOnce, someFacts, termsWithout } from './arbitrary.ts'
import { answerOf, model } from './model.ts'

test('the engine answers as a model does that tries everything out', () => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(termsWithout, askedOnce, someFacts, (terms, ask, facts) => {
      const answer = answerOf(next(terms, ask, facts))
      expect(answer).toEqual(model(terms, ask, facts))
      const kind = answer[0] === 'refuse' ? answer.slice(0, 2).join(' ') : answer[0]
      seen.set(kind, (seen.get(kind) ?? 0) + 1)
    }),
    { numRuns: rounds(5000, 50_000) },
  )
  // It is no model of anything that never happens.
  for (const kind of [
    'answer',
    'done',
    'identify',
    'refuse denied',
    'refuse unmet',
    'refuse not-enrolled',
    'refuse wrong-person',
  ])
    expect([kind, seen.get(kind) ?? 0]).toEqual([kind, expect.toSatisfy((many: number) => many > 0)])
})
