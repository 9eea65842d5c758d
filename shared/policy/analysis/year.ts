import { localTime } from '../rules/times.ts'

// A year of clocks: two time zones do not always differ by the same hours, nor change their clocks on the same day.

const daysInYear = 365
/** The midnights (UTC) of the year, and the first midnight after it. */
export const midnights = Array.from({ length: daysInYear + 1 }, (_, day) => Date.UTC(2026, 0, 1 + day))
const quarters = Array.from({ length: 96 }, (_, quarter) => quarter * 15)
const minuteMs = 60_000

/** The clocks of one time zone: the minute of the day shown at each UTC midnight, and the instants of clock changes. */
interface Clock {
  readonly minutes: readonly number[]
  readonly changes: readonly number[]
}

/** Clocks by time zone: a clock is expensive to compute, and zones are few. */
const clocks = new Map<string, Clock>()
export function clockOf(zone: string): Clock {
  const known = clocks.get(zone)
  if (known) return known
  const minutes = midnights.map((midnight) => localTime(midnight, zone).minute)
  const clock = { minutes, changes: minutes.slice(1).flatMap((after, day) => changeOn(day, zone, minutes[day], after)) }
  clocks.set(zone, clock)
  return clock
}

function changeOn(day: number, zone: string, before = 0, after = 0): readonly number[] {
  if (before === after) return []
  const midnight = midnights[day] ?? 0
  const isChanged = (at: number) => localTime(midnight + at * minuteMs, zone).minute !== (before + at) % 1440
  return quarters
    .filter(isChanged)
    .slice(0, 1)
    .map((at) => midnight + at * minuteMs)
}

/** Days that give each weekday with every difference between these clocks that occurs on it in the year. */
export function daysFor(all: readonly Clock[]): readonly number[] {
  const days = Array.from({ length: daysInYear }, (_, day) => day)
  const shown = (day: number) => [day % 7, ...all.flatMap(({ minutes }) => minutes.slice(day, day + 2))].join()
  return [...new Map(days.map((day) => [shown(day), day])).values()]
}

/** The instants of a day at which a clock shows one of these minutes, by its offsets at the day's start and end. */
export const whenShown = ({ minutes }: Clock, day: number, wanted: readonly number[]): readonly number[] =>
  [...new Set(minutes.slice(day, day + 2))].flatMap((atMidnight) =>
    wanted.map((one) => (midnights[day] ?? 0) + ((one - atMidnight + 1440) % 1440) * minuteMs),
  )
