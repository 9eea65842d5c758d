import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical } from '#server/canonical.ts'

test.each([
  ['Ada', 'ada'],
  [' ADA@Example.Test ', 'ada@example.test'],
  ['ａｄａ', 'ada'],
  ['\u212Aelvin', 'kelvin'],
  ['e\u0301ve', '\u00e9ve'],
  ['نور', 'نور'],
])('%s is %s', (name, expected) => {
  expect(canonical(name)).toBe(expected)
})

test.each([
  '',
  '   ',
  'ᴮᴵᴳ',
  'ſmith',
  'a\u200db',
  'a\u202eb',
  'a b',
  'a\u0000',
  'a'.repeat(129),
  '<b>',
  'ﬁn',
  '\ud800',
])('%j is no name', (name) => {
  expect(canonical(name)).toBeNull()
})

test('the dotless i is its own letter', () => {
  expect(canonical('m\u0131ke')).not.toBe(canonical('mike'))
})

test('the canonical form of a canonical form is itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const once = canonical(name)
      if (once !== null) expect(canonical(once)).toBe(once)
    }),
    { numRuns: 5000 },
  )
})
