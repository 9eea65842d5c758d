import type { LeafOf } from './leaf.ts'

export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof days)[number]

/** Minutes of a day; an end that is not after the beginning is on the next day. */
export interface Hours {
  readonly from: number
  readonly to: number
}

/** It is one of these hours, which begin on one of these days, by the clocks of a time zone. */
export interface Times extends LeafOf<'times'> {
  readonly zone: string
  readonly days: readonly Day[]
  readonly hours: readonly Hours[]
}

/** What is left out is every day, or the whole day; hours are written as `08:00-18:00`. */
export function times(zone: string, on: readonly Day[] = [], hours: readonly string[] = []): Times {
  return {
    is: 'times',
    oneOf: [[...on, ...hours, zone].join(' ')],
    zone,
    days: on.length > 0 ? on : days,
    hours: (hours.length > 0 ? hours : ['00:00-24:00']).map(hoursOf),
  }
}

function hoursOf(written: string): Hours {
  const [from = 0, to = 0] = written.split('-').map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)))
  return { from, to }
}

/** What clocks show. */
export interface Local {
  readonly day: Day
  readonly time: string
  readonly minute: number
}

export function isDuring({ days: on, hours }: Times, { day, minute }: Local): boolean {
  const isOn = on.includes(day)
  const wasOn = on.includes(days[(days.indexOf(day) + 6) % 7] ?? day)
  return hours.some(({ from, to }) =>
    from < to ? isOn && from <= minute && minute < to : (isOn && from <= minute) || (wasOn && minute < to),
  )
}

/** An instant (epoch milliseconds) by the clocks of a time zone. */
export function localTime(now: number, zone: string): Local {
  const parts = new Map(
    clockOf(zone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  )
  const [hour = '', minute = ''] = [parts.get('hour'), parts.get('minute')]
  const day = days.find((one) => one === parts.get('weekday')?.toLowerCase())
  if (!day) throw new Error(`There is no day in the time zone ${zone}.`)
  return { day, time: `${hour}:${minute}`, minute: Number(hour) * 60 + Number(minute) }
}

/** One is dear to make, and there are few. */
const clocks = new Map<string, Intl.DateTimeFormat>()
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const made =
    clocks.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
  clocks.set(timeZone, made)
  return made
}
