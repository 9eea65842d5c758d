import { expect, test } from 'vitest'
import { attempts } from '#server/settings/attempts.ts'

test('what is not configured is what the operator’s manual says', () => {
  const defaults = {
    free_failures: 5,
    longest_wait: 15 * 60_000,
    forgotten_after: 12 * 3_600_000,
    per_address_a_minute: 30,
    openings_per_address_a_minute: 1200,
    disable_after: 100,
  }
  expect(attempts.parse(undefined)).toEqual(defaults)
  expect(attempts.parse({ longest_wait: '1h' })).toEqual({ ...defaults, longest_wait: 3_600_000 })
})
