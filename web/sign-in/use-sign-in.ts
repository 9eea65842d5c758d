import { useCallback, useEffect, useRef, useState } from 'react'
import type { RefusalCode } from '#shared/refusal.ts'
import type { SignInView, View } from '#shared/view.ts'
import { type Action, act, look } from '../api.ts'

export interface SignIn {
  readonly view: View
  readonly busy: boolean
  readonly trouble: 'slow' | 'down' | 'extended' | { readonly why: RefusalCode } | null
  /** Counts the answered tries: a form begins anew after each, and after nothing else. */
  readonly tries: number
  readonly submit: (action: Action, fields: object) => Promise<void>
  readonly retry: () => void
  readonly refresh: () => void
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
  const [tries, setTries] = useState(0)
  const current = useRef({ view, busy: false, again: null as (() => void) | null })

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
  const submit = useCallback(
    async (action: Action, fields: object) => {
      const { view } = current.current
      if (current.current.busy || !isUnderWay(view)) return
      current.current.busy = true
      setBusy(true)
      const slow = setTimeout(() => setTrouble('slow'), slowMs)
      const reply = await act(view, action, { ...fields, revision: view.revision })
      clearTimeout(slow)
      current.current.busy = false
      current.current.again = reply.ok || reply.why ? null : () => void submit(action, fields)
      setBusy(false)
      setTrouble(reply.ok ? (action === 'extend' ? 'extended' : null) : reply.why ? { why: reply.why } : 'down')
      if (action !== 'extend' && reply.ok) setTries((before) => before + 1)
      if (reply.ok) show(reply.view)
    },
    [show],
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

  const retry = useCallback(() => current.current.again?.(), [])

  useEffect(() => {
    if (trouble !== 'down' || busy) return
    const timer = setTimeout(retry, retryMs)
    return () => clearTimeout(timer)
  }, [trouble, busy, retry])

  return { view, busy, trouble, tries, submit, retry, refresh }
}

/** The sign-ins in this browser's other tabs. */
const others = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('sallyport')

const differs = (a: View, b: View) =>
  a.at !== b.at || (isUnderWay(a) && isUnderWay(b) && (a.uid !== b.uid || a.revision !== b.revision))
