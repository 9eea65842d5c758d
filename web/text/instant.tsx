import { useLingui } from '@lingui/react'
import { useHydrated } from './hydrated.ts'

const minuteMs = 60_000

/** The first full minute in which something works that works from an instant on (ISO 8601). */
export const fullMinuteOf = (instant: string): string =>
  new Date(Math.ceil(new Date(instant).getTime() / minuteMs) * minuteMs).toISOString()

/** A time of day: the person's own once the script is there, UTC (and said to be) before. */
export function useTimeOf(instant: string): string {
  const hydrated = useHydrated()
  const { i18n } = useLingui()
  const zone = hydrated ? {} : { timeZone: 'UTC', timeZoneName: 'short' as const }
  return new Intl.DateTimeFormat(i18n.locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...zone }).format(
    new Date(instant),
  )
}
