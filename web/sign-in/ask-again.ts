import type { View } from '#shared/wire/view.ts'

/** The pause after a try that no server answered. */
const againMs = 5000
const isSeen = () => document.visibilityState === 'visible'

/** Gives a pending answer again: after `waitMs`, then at intervals until a server answers; never on a hidden page. */
export function askAgainIn(waitMs: number, ask: () => Promise<void>): () => void {
  let isOver = false
  const askOnce = async () => {
    if (isSeen()) await ask()
    if (!isOver) timer = setTimeout(askOnce, againMs)
  }
  let timer = setTimeout(askOnce, waitMs)
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}

/** Follows the tab's event stream, which is closed while the page is hidden (HTTP/1.1: six connections to a host). */
export function follow(uid: string, take: (view: View) => void, look: () => void): () => void {
  let stream: EventSource | null = null
  const open = () => {
    stream?.close()
    stream = isSeen() ? new EventSource(`/sign-in/${uid}/events`) : null
    stream?.addEventListener('message', ({ data }: MessageEvent<string>) => take(JSON.parse(data)))
    stream?.addEventListener('look', look)
  }
  open()
  document.addEventListener('visibilitychange', open)
  return () => {
    stream?.close()
    document.removeEventListener('visibilitychange', open)
  }
}
