import { useEffect, useRef } from 'react'

interface Props {
  /** The answer URL of the question, which opens in a tab of its own, so that this page stays as it is. */
  readonly door: string
  readonly busy: boolean
  readonly children: string
  readonly submit: (answer: object) => void
}

/** The link of a question that is answered in a handoff, and the receiver of its answer. */
export function AnswerElsewhere({ door, busy, children, submit }: Props) {
  const gone = useRef(false)
  useEffect(() => {
    // The answer comes from the other tab (web/sign-in/returned.tsx).
    const channel = new BroadcastChannel('sallyport-returned')
    channel.onmessage = ({ data }: MessageEvent<string>) => {
      if (!gone.current || !data) return
      gone.current = false
      submit({ returned: data })
    }
    return () => channel.close()
  }, [submit])
  return (
    <a
      className="button"
      href={door}
      target="_blank"
      rel="noreferrer"
      aria-busy={busy}
      onClick={() => {
        gone.current = true
      }}
    >
      {children}
    </a>
  )
}
