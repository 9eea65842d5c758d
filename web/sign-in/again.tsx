import { type ReactNode, useEffect, useState } from 'react'
import { useText } from '../text/text.tsx'

interface Props {
  readonly text: string
  /** The instant (ISO 8601) of the next try; undefined when there is nothing to wait for. */
  readonly at: string | undefined
  /** The button: shown before the script runs, and with the script from the instant on. */
  readonly children: ReactNode
}

const secondMs = 1000
/** The longest wait: anything longer comes from a browser whose clock is wrong. */
const longestMs = 60 * secondMs

/** The button for another challenge, after a countdown, which is shown each second and announced at its end alone. */
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

/** The seconds to an instant; null before the script runs, and where there is nothing to wait for. */
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
