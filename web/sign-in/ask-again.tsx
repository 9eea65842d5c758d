import { useEffect, useRef } from 'react'
import type { View } from '#shared/wire/view.ts'
import type { SignInModel } from './use-sign-in.ts'

interface Props {
  readonly view: Extract<View, { at: 'answer' }>
  readonly signIn: SignInModel
  readonly pending: { readonly askAgainInMs: number }
  readonly fieldsOf: () => Promise<object>
}

/** After a try that nobody answered. */
const againMs = 5000

/**
 * Gives an answer that is pending again: when the server said, and as soon as its stream says that there is something to
 * learn. Nothing is asked, and no connection kept, while the page is hidden (HTTP/1.1: six for each host).
 */
export default function AskAgain({ view, signIn, pending: { askAgainInMs }, fieldsOf }: Props) {
  const { askAgain, take, refresh } = signIn
  const fields = useRef(fieldsOf)
  fields.current = fieldsOf
  // biome-ignore lint/correctness/useExhaustiveDependencies: each view has a time of its own
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = setTimeout(ask, askAgainInMs)
    async function ask() {
      if (document.visibilityState === 'visible') await askAgain(await fields.current())
      if (timer !== null) timer = setTimeout(ask, againMs)
    }
    return () => {
      if (timer !== null) clearTimeout(timer)
      timer = null
    }
  }, [view, askAgainInMs, askAgain])

  const { uid } = view
  useEffect(() => {
    let stream: EventSource | null = null
    const follow = () => {
      stream?.close()
      stream = null
      if (document.visibilityState !== 'visible') return
      stream = new EventSource(`/sign-in/${uid}/events`)
      stream.onmessage = ({ data }: MessageEvent<string>) => take(JSON.parse(data))
      stream.addEventListener('look', refresh)
    }
    follow()
    document.addEventListener('visibilitychange', follow)
    return () => {
      stream?.close()
      document.removeEventListener('visibilitychange', follow)
    }
  }, [uid, take, refresh])
  return null
}
