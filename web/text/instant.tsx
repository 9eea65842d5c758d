import { useLingui } from '@lingui/react'
import { useHydrated } from './hydrated.ts'

const minuteMs = 60_000

/** An instant (ISO 8601) rounded up to the full minute, for a time from which on something works. */
export const fullMinuteOf = (instant: string): string =>
  new Date(Math.ceil(new Date(instant).getTime() / minuteMs) * minuteMs).toISOString()

/** The time of day of an instant: the person's own with the script; before, UTC, with the zone's name. */
export function useTimeOf(instant: string): string {
  const hydrated = useHydrated()
  const { i18n } = useLingui()
  const zone = hydrated ? {} : { timeZone: 'UTC', timeZoneName: 'short' as const }
  return new Intl.DateTimeFormat(i18n.locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...zone }).format(
    new Date(instant),
  )
}
