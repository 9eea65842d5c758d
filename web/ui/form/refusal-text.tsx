import { createContext, type ReactNode, useContext, useId } from 'react'
import type { Refusal } from '#shared/refusal.ts'
import { fullMinuteOf, useTimeOf } from '../../text/instant.tsx'
import { Text } from '../../text/text.tsx'

const RefusalId = createContext<string | undefined>(undefined)

/** A page, or a part of a page, with one place for its refusal text. */
export const RefusalScope = ({ children }: { children: ReactNode }) => <RefusalId value={useId()}>{children}</RefusalId>

/** The id of the refusal text, for the field that the text describes. */
export const useRefusalId = (): string | undefined => useContext(RefusalId)

/** The refusal text. Always in the page, so that screen readers announce new text. */
export const RefusalText = ({ refusal }: { refusal: Refusal | null }) => (
  <p className="refusal" id={useRefusalId()} role="alert">
    {refusal && <Reason refusal={refusal} />}
  </p>
)

/** A refusal in words: what happened, in bold, and what to do. A time is the first full minute that works. */
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
