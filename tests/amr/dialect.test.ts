import { expect, test } from 'vitest'
import { type Dialect, wordsFor } from '#shared/amr/dialect.ts'
import { rfc8176 } from '#shared/amr/rfc8176.ts'
import { proof } from '../policy/fixtures.ts'

test('a password is pwd, once, however often it was proven', () => {
  expect(wordsFor(rfc8176, [proof(), proof({ id: 'e2', at: 2_000_000 })])).toEqual(['pwd'])
})

test('mfa is added for two different kinds, and never for one kind twice', () => {
  expect(wordsFor(rfc8176, [proof(), proof({ id: 'e2', authenticator: 'a2' })])).toEqual(['pwd'])
  expect(wordsFor(rfc8176, [proof(), proof({ id: 'e2', proves: ['has'] })])).toEqual(['pwd', 'mfa'])
})

test('a dialect without a word leaves it out; one without mfa never says it', () => {
  const silent: Dialect = { words: {}, mfa: 'never', order: 'proven' }
  expect(wordsFor(silent, [proof(), proof({ id: 'e2', proves: ['has'] })])).toEqual([])
})
