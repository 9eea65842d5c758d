import { useEffect, useState } from 'react'
import { useTimeOf } from '../text/instant.tsx'
import { Text, useText } from '../text/text.tsx'
import type { SignInModel } from './use-sign-in.ts'

const warnMs = 60_000

/** The notices around a step, in a polite live region that is always in the page, so that new text is announced. */
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
      {!trouble && view.at === 'answer' && view.challenge.pending && <div>{say('answer.pending')}</div>}
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
 * The closing instant by the person's own clock (ISO 8601), from a minute before (WCAG 2.2.1); null before. After the
 * instant the page looks again. `closes` counts like performance.now, in milliseconds.
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
