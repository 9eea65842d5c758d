import fc from 'fast-check'
import { expect, test } from 'vitest'
import { instant, instantOf } from '#server/policy-tools/instant.ts'

// When a question of a policy is asked: ISO 8601 in its extended format, as RFC 3339 §5.6 and people write it.

test.each([
  ['2026-11-25T12:00:00Z', '2026-11-25T12:00:00.000Z'],
  ['2026-11-25T12:00Z', '2026-11-25T12:00:00.000Z'],
  ['2026-11-25t12:00z', '2026-11-25T12:00:00.000Z'],
  ['2026-11-25 12:00Z', '2026-11-25T12:00:00.000Z'],
  ['2026-11-25T12:00+01:00', '2026-11-25T11:00:00.000Z'],
  ['2026-11-25T12:00:00.25-0530', '2026-11-25T17:30:00.250Z'],
  ['2026-11-25T12:00:00,25+01', '2026-11-25T11:00:00.250Z'],
  ['2026-11-25T24:00Z', '2026-11-26T00:00:00.000Z'],
  ['2026-11-25', '2026-11-25T00:00:00.000Z'],
  ['2028-02-29', '2028-02-29T00:00:00.000Z'],
])('%s is %s', (text, same) => {
  expect(new Date(instantOf(text) ?? Number.NaN).toISOString()).toBe(same)
})

test.each([
  ...[
    '',
    'now',
    '25.11.2026',
    '2026-11',
    '2026-11-25T',
    '2026-11-25T12Z',
    '2026-11-25T12:00',
    '2026-11-25Z',
    '1764072000',
  ],
  ...[
    '2026-02-30',
    '2026-02-29T12:00Z',
    '2026-13-01',
    '2026-11-25T25:00Z',
    '2026-11-25T12:60Z',
    '2026-11-25T12:00+24:00',
  ],
])('"%s" is none, and the sentence says how one is written', (text) => {
  expect(instant.safeParse(text).error?.issues[0]?.message).toMatch(/^An instant is written as 2026-11-25T12:00Z/)
})

test('an instant is the same however far from UTC it is written, to the minute or finer', () => {
  const moment = fc.date({ min: new Date('1970-01-02'), max: new Date('2100-01-01'), noInvalidDate: true })
  const distance = fc.record({ sign: fc.constantFrom(1, -1), hours: fc.nat(14), minutes: fc.constantFrom(0, 30, 45) })
  fc.assert(
    fc.property(moment, distance, fc.constantFrom(16, 19, 23), (at, { sign, hours, minutes }, digits) => {
      const there = new Date(at.getTime() + sign * (hours * 60 + minutes) * 60_000).toISOString().slice(0, digits)
      const two = (count: number) => String(count).padStart(2, '0')
      const whole = Date.parse(`${at.toISOString().slice(0, digits)}Z`)
      expect(instantOf(`${there}${sign > 0 ? '+' : '-'}${two(hours)}:${two(minutes)}`)).toBe(whole)
    }),
  )
})
