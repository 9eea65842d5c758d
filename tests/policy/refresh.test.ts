import fc from 'fast-check'
import { expect, test } from 'vitest'
import { next } from '#shared/policy/engine/next.ts'
import { nextAtRefresh } from '#shared/policy/engine/next-at-refresh.ts'
import { runs, someFacts, terms } from './arbitrary.ts'
import { ask } from './fixtures.ts'

const any = [terms, someFacts] as const

test('whoever would be done with nothing asked for is done at a refresh', () => {
  fc.assert(
    fc.property(...any, (terms, facts) => {
      const asked = { ...ask, silent: true }
      if (next(terms, asked, facts).is === 'done') expect(nextAtRefresh(terms, asked.client, facts).is).toBe('done')
    }),
    runs(1000),
  )
})

test('when something was proven in the session changes nothing', () => {
  fc.assert(
    fc.property(...any, fc.integer({ min: 0, max: 30 * 86_400_000 }), (terms, facts, ageMs) => {
      const evidence = facts.evidence.map((one) => ({ ...one, current: false }))
      const older = evidence.map((one) => ({ ...one, at: one.at - ageMs }))
      const [before, after] = [evidence, older].map((evidence) =>
        nextAtRefresh(terms, 'harbour', { ...facts, evidence }),
      )
      expect(after?.is).toBe(before?.is)
    }),
    runs(1000),
  )
})
