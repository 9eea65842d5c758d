import type { LeafOf } from './leaf.ts'

export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof days)[number]

/** Hours in minutes from midnight; an end that is not after the beginning is on the next day. */
export interface Hours {
  readonly from: number
  readonly to: number
}

/** Condition: the time is within one of these hours, which begin on one of these days, in a time zone. */
export interface Times extends LeafOf<'times'> {
  readonly zone: string
  readonly days: readonly Day[]
  readonly hours: readonly Hours[]
}

/** A condition on times. Without days, every day; without hours, the whole day. Hours are written as `08:00-18:00`. */
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

/** A local date and time. */
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

/** An instant (epoch milliseconds) as local time in a time zone. */
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

/** Formatters by time zone: a formatter is expensive to make, and zones are few. */
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
