import { useEffect, useRef } from 'react'

interface Props {
  /** Where the question is answered: in a tab of its own, so that this page stays as it is. */
  readonly door: string
  readonly busy: boolean
  readonly children: string
  readonly submit: (answer: object) => void
}

/** The way to where a question is answered. */
export function AnswerElsewhere({ door, busy, children, submit }: Props) {
  const gone = useRef(false)
  useEffect(() => {
    // What that tab brings back (web/sign-in/returned.tsx).
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
