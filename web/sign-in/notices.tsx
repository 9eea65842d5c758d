import { useEffect, useState } from 'react'
import { useTimeOf } from '../text/instant.tsx'
import { Text, useText } from '../text/text.tsx'
import type { SignInModel } from './use-sign-in.ts'

const warnMs = 60_000

/** What is going on around the step, said politely: always there, so that it is heard when it is filled. */
export function Notices({ signIn }: { signIn: SignInModel }) {
  const say = useText()
  const { view, trouble, retry, submit, refresh } = signIn
  const closing = useClosing(
    'closesInMs' in view && view.at !== 'done' ? signIn.since + view.closesInMs : null,
    refresh,
  )
  return (
    <div className="notice" role="status">
      {trouble === 'slow' && say('wait.slow')}
      {trouble === 'down' && (
        <>
          {say('wait.down')}
          <button type="button" className="link" onClick={retry}>
            {say('wait.retry')}
          </button>
        </>
      )}
      {trouble === 'extended' && !closing && say('wait.extended')}
      {trouble && typeof trouble === 'object' && 'said' in trouble && say(trouble.said)}
      {trouble && typeof trouble === 'object' && 'why' in trouble && (
        <Text id={`refusal.${trouble.why}`} parts={[<strong key="what" />]} />
      )}
      {!trouble && 'refusal' in view && view.refusal?.code === 'stale' && say('refusal.stale')}
      {(!trouble || trouble === 'extended') && closing && (
        <>
          <Closing at={closing} />
          <button type="button" className="link" onClick={() => void submit('extend', {})}>
            {say('wait.extend')}
          </button>
        </>
      )}
    </div>
  )
}

const Closing = ({ at }: { at: string }) => (
  <Text id="wait.closing" values={{ time: useTimeOf(at) }} parts={[<time key="time" dateTime={at} />]} />
)

/**
 * The instant by the person's own clock (ISO 8601), from a minute before it (WCAG 2.2.1); when it has passed, the page
 * looks again. `closes` is of performance.now.
 */
function useClosing(closes: number | null, refresh: () => void): string | null {
  const [warned, setWarned] = useState<{ readonly closes: number; readonly at: string } | null>(null)
  useEffect(() => {
    if (closes === null) return
    const left = closes - performance.now()
    const warn = () => setWarned({ closes, at: new Date(Date.now() + closes - performance.now()).toISOString() })
    const warning = setTimeout(warn, left - warnMs)
    const closed = setTimeout(refresh, left + 1000)
    return () => {
      clearTimeout(warning)
      clearTimeout(closed)
    }
  }, [closes, refresh])
  return warned && warned.closes === closes ? warned.at : null
}
