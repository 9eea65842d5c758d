import { expect, test } from 'vitest'
import { vocabularyOf } from '#shared/acr/index.ts'
import { strongest } from '#shared/acr/levels.ts'
import { satisfied } from '#shared/acr/meaning.ts'
import { traitsOf } from '#shared/factors/table.ts'
import { proven } from './fixtures.ts'

// What a level asks of one proof, and what of all together.

const now = 1_000_000
const [, copied] = traitsOf('passkey').potential
const software = proven('passkey', copied)

test.each([
  ['a passkey that cannot be copied', 'phrh', [proven('passkey')]],
  ['a smart card', 'phrh', [proven('smartcard')]],
  ['a passkey that can be copied', 'phr', [software]],
  ['that one, and hardware that can be phished', 'phr', [software, proven('token')]],
  ['hardware that can be phished', 'urn:sallyport:acr:aal2', [proven('password'), proven('token')]],
])('%s is %s', (_name, level, evidence) => expect(strongest(evidence, now)).toBe(level))

test('a value of an operator’s own that names factors and a level wants both', () => {
  const { own } = vocabularyOf({}, { own: { factors: ['sms'], level: 'urn:sallyport:acr:mfa' } })
  const meets = (...factors: readonly Parameters<typeof proven>[0][]) =>
    own &&
    satisfied(
      own,
      factors.map((factor) => proven(factor)),
      now,
    )
  expect([meets('sms'), meets('password', 'totp'), meets('password', 'sms')]).toEqual([false, false, true])
})
