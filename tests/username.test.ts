import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical } from '#shared/username.ts'

test.each([
  ['Ada', 'ada'],
  [' ADA@Example.Test ', 'ada@example.test'],
  ['ａｄａ', 'ada'],
  ['\u212Aelvin', 'kelvin'],
  ['e\u0301ve', '\u00e9ve'],
  ['نور', 'نور'],
  ['Smith&Jones@Example.Test', 'smith&jones@example.test'],
  ["!#$%&'*+-/=?^_`{|}~@corp", "!#$%&'*+-/=?^_`{|}~@corp"],
  ['Ünal@example.test', 'ünal@example.test'],
  ['用户@例子.广告', '用户@例子.广告'],
  [`${'a'.repeat(64)}@${'b.'.repeat(90)}test`, `${'a'.repeat(64)}@${'b.'.repeat(90)}test`],
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
  `a@${'b'.repeat(253)}`,
  'smith&jones',
  'smith&jones@',
  'smith&@jones@example.test',
  '.smith&jones@example.test',
  'smith&jones@-example.test',
  'smith&jones@example..test',
  '"a b"@example.test',
  'smith&jones@[192.0.2.1]',
  '\u{1F600}@example.test',
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
