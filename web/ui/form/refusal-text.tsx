import { createContext, type ReactNode, useContext, useId } from 'react'
import type { Refusal } from '#shared/refusal.ts'
import { fullMinuteOf, useTimeOf } from '../../text/instant.tsx'
import { Text } from '../../text/text.tsx'

const RefusalId = createContext<string | undefined>(undefined)

/** A page, or a part of one, that says in one place what was refused. */
export const RefusalScope = ({ children }: { children: ReactNode }) => <RefusalId value={useId()}>{children}</RefusalId>

/** The id of what says it, for the field that it describes. */
export const useRefusalId = (): string | undefined => useContext(RefusalId)

/** Always there, so that screen readers hear it when it is filled. */
export const RefusalText = ({ refusal }: { refusal: Refusal | null }) => (
  <p className="refusal" id={useRefusalId()} role="alert">
    {refusal && <Reason refusal={refusal} />}
  </p>
)

/** What happened, in bold, and what to do; a time is the first full minute in which it works. */
export function Reason({ refusal: { code, until, ending = 'unknown' } }: { refusal: Refusal }) {
  const instant = fullMinuteOf(until ?? '1970-01-01')
  const time = useTimeOf(instant)
  const parts = [<strong key="what" />, <time key="time" dateTime={instant} />]
  return (
    <span>
      <Text id={`refusal.${code}`} values={{ time, ending }} parts={parts} />
    </span>
  )
}
