import { beforeEach, expect, test } from 'vitest'
import { clockWatch } from '#server/clock/watch.ts'

const minuteMs = 60_000
const dayMs = 86_400_000
let said: string[]
let passed: number
let isBelieved: ReturnType<typeof clockWatch>
beforeEach(() => {
  said = []
  passed = 0
  const wentBack = (byMs: number) => void said.push(`back ${byMs / dayMs}`)
  const wentAhead = (byMs: number) => void said.push(`ahead ${byMs / dayMs}`)
  isBelieved = clockWatch({ wentBack, wentAhead }, () => passed)
})
const start = 1_800_000_000_000
/** A minute later by the time that passes; by so much is the clock ahead of it then. */
const aMinuteLater = (aheadMs = 0) => {
  passed += minuteMs
  return isBelieved(start + passed + aheadMs)
}

test('a clock that goes on as time does is believed, also where it is set right by a little', () => {
  expect([aMinuteLater(), aMinuteLater(4 * minuteMs), aMinuteLater()]).toEqual([true, true, true])
  expect(said).toEqual([])
})

test('on the word of one that is a year ahead for an hour nothing is deleted, and once it is put right, at once', () => {
  aMinuteLater()
  for (let minutes = 0; minutes < 60; minutes++) expect(aMinuteLater(365 * dayMs)).toBe(false)
  expect(aMinuteLater()).toBe(true)
  expect(said).toEqual(['ahead 365', 'back 365'])
})

test('one that stays ahead had been behind, or the machine had slept: it is believed after a day', () => {
  aMinuteLater()
  expect(aMinuteLater(dayMs)).toBe(false)
  passed += dayMs - 2 * minuteMs
  expect([aMinuteLater(dayMs), aMinuteLater(dayMs)]).toEqual([false, true])
  expect(said).toEqual(['ahead 1'])
})
