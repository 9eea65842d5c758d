import { type ReactNode, useEffect, useState } from 'react'
import { useText } from '../text/text.tsx'

interface Props {
  readonly text: string
  /** ISO 8601; undefined when there is nothing to wait for. */
  readonly at: string | undefined
  /** The button, which is there until the script is, and then from that instant on. */
  readonly children: ReactNode
}

const secondMs = 1000
/** No wait is longer: more than that is a browser whose clock is not ours. */
const longestMs = 60 * secondMs

/** Asking for another one, once the server says that there may be one. Seen every second, said when it is over. */
export function Again({ text, at, children }: Props) {
  const say = useText()
  const left = useSecondsTo(at)
  const waited = left === 0
  return (
    <div>
      <span className="unseen" role="status">
        {waited && say('answer.again-now', { again: text })}
      </span>
      {left ? (
        <span className="wait" aria-hidden>
          {say('answer.again-in', {
            again: text,
            time: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`,
          })}
        </span>
      ) : (
        children
      )}
    </div>
  )
}

/** Null while there is no script, and where there is nothing to wait for. */
function useSecondsTo(instant: string | undefined): number | null {
  const [left, setLeft] = useState<number | null>(null)
  useEffect(() => {
    if (instant === undefined) return
    const end = Date.now() + Math.min(new Date(instant).getTime() - Date.now(), longestMs)
    const tick = () => setLeft(Math.max(0, Math.ceil((end - Date.now()) / secondMs)))
    tick()
    const timer = setInterval(tick, secondMs)
    return () => clearInterval(timer)
  }, [instant])
  return left
}
