import { useCallback, useEffect, useRef, useState } from 'react'
import type { SignInView, View } from '#shared/view.ts'
import { type Action, act, look, type Reply } from '../api.ts'

export interface SignIn {
  readonly view: View
  readonly busy: boolean
  readonly trouble: 'slow' | 'down' | null
  readonly submit: (action: Action, fields: object) => void
  readonly retry: () => void
}

const slowMs = 10_000
const retryMs = 5_000
const otherTabMs = 1_500
const isUnderWay = (view: View): view is SignInView => 'uid' in view

/** The view that the server gave last, and the ways to get another one. */
export function useSignIn(first: View): SignIn {
  const [view, setView] = useState(first)
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<SignIn['trouble']>(null)
  const current = useRef({ view, busy: false, again: null as (() => Promise<Reply>) | null })

  const show = useCallback((next: View) => {
    const before = current.current.view
    current.current.view = next
    setView(next)
    if (next.at === 'done' && before.at !== 'done') {
      others?.postMessage('done')
      location.replace(next.goTo)
    }
  }, [])

  /** One request at a time; what could not be sent is kept for another try. */
  const send = useCallback(
    async (request: () => Promise<Reply>) => {
      if (current.current.busy) return
      current.current.busy = true
      setBusy(true)
      const slow = setTimeout(() => setTrouble('slow'), slowMs)
      const reply = await request()
      clearTimeout(slow)
      current.current.busy = false
      current.current.again = reply.ok ? null : request
      setBusy(false)
      setTrouble(reply.ok ? null : 'down')
      if (reply.ok) show(reply.view)
    },
    [show],
  )

  const submit = useCallback(
    (action: Action, fields: object) => {
      const { view } = current.current
      if (isUnderWay(view)) void send(() => act(view, action, { ...fields, revision: view.revision }))
    },
    [send],
  )

  /** Reload, Back, another tab, a page from the cache: fetch again and render. */
  const refresh = useCallback(() => {
    const { view } = current.current
    if (!isUnderWay(view) || view.at === 'done') return
    void look(view).then((reply) => {
      if (reply.ok && !current.current.busy && differs(reply.view, current.current.view)) show(reply.view)
    })
  }, [show])

  useEffect(() => {
    const onVisible = () => document.visibilityState === 'visible' && refresh()
    // The other tab's session is there a moment after it says that it is done.
    const onDone = () => setTimeout(refresh, otherTabMs)
    const onShow = (event: PageTransitionEvent) => event.persisted && refresh()
    document.addEventListener('visibilitychange', onVisible)
    addEventListener('pageshow', onShow)
    others?.addEventListener('message', onDone)
    return () => {
      document.removeEventListener('visibilitychange', onVisible)
      removeEventListener('pageshow', onShow)
      others?.removeEventListener('message', onDone)
    }
  }, [refresh])

  const retry = useCallback(() => {
    const { again } = current.current
    if (again) void send(again)
  }, [send])

  useEffect(() => {
    if (trouble !== 'down' || busy) return
    const timer = setTimeout(retry, retryMs)
    return () => clearTimeout(timer)
  }, [trouble, busy, retry])

  return { view, busy, trouble, submit, retry }
}

/** The sign-ins in this browser's other tabs. */
const others = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('sallyport')

const differs = (a: View, b: View) =>
  a.at !== b.at || (isUnderWay(a) && isUnderWay(b) && (a.uid !== b.uid || a.revision !== b.revision))
