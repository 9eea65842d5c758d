import { expect, test } from 'vitest'
import { duration } from '#server/settings/duration.ts'

const between = duration('1m', '14d')

test.each([
  ['60s', 60_000],
  ['1m', 60_000],
  ['15m', 900_000],
  ['12h', 43_200_000],
  ['14d', 1_209_600_000],
])('%s is %d milliseconds', (written, ms) => {
  expect(between.parse(written)).toBe(ms)
})

test.each(['', '15', 'm', '1.5h', '-1m', '1 h', '1H', '1w', '1h30m', '٣h', ' 1h', '9999999999d'])(
  '"%s" is no duration',
  (written) => {
    expect(between.safeParse(written).error?.issues[0]?.message).toMatch(/number and a unit/)
  },
)

test.each(['59s', '0d', '15d', '999999999d'])('%s is out of bounds', (written) => {
  expect(between.safeParse(written).error?.issues[0]?.message).toBe('A duration here is between 1m and 14d.')
})

test('a number is none', () => {
  expect(between.safeParse(900).success).toBe(false)
})
