import type { Refusal } from '#shared/refusal.ts'
import { Text } from '../i18n.tsx'
import { useTimeOf } from '../ui/instant.tsx'

/** Always there, so that screen readers hear it when it is filled. */
export const RefusalText = ({ refusal }: { refusal: Refusal | null }) => (
  <p className="refusal" id="refusal" role="alert">
    {refusal && <Reason refusal={refusal} />}
  </p>
)

const minuteMs = 60_000

/** What happened, in bold, and what to do; a time is the first full minute in which it works. */
export function Reason({ refusal: { code, until, ending = 'unknown' } }: { refusal: Refusal }) {
  const instant = new Date(Math.ceil(new Date(until ?? 0).getTime() / minuteMs) * minuteMs).toISOString()
  const time = useTimeOf(instant)
  const parts = [<strong key="what" />, <time key="time" dateTime={instant} />]
  return (
    <span>
      <Text id={`refusal.${code}`} values={{ time, ending }} parts={parts} />
    </span>
  )
}
