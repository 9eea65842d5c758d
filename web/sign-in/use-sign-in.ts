import { useCallback, useEffect, useRef, useState } from 'react'
import type { BuiltFactor } from '#shared/factors/index.ts'
import type { RefusalCode } from '#shared/refusal.ts'
import type { News, SignInView, View } from '#shared/wire/view.ts'
import type { UnansweredStep, WebFactor } from '../factors/contract/factor.ts'
import { webFactors } from '../factors/registry.ts'
import type { Message } from '../text/text.tsx'
import { type Action, act, look } from './api.ts'
import { entryFields, keepEntry } from './choice-entry.ts'

export interface SignInModel {
  readonly view: View
  /** When it came (performance.now): what it says of times counts from here, and not by the browser's clock. */
  readonly since: number
  readonly busy: boolean
  readonly trouble: 'slow' | 'down' | 'extended' | { readonly why: RefusalCode } | { readonly said: Message } | null
  /** Counts the answered tries: a form begins anew after each, and after nothing else. */
  readonly tries: number
  readonly submit: (action: Action, fields: object) => Promise<void>
  /** The same with what the person has to be asked for first. */
  readonly ask: (action: Action, fieldsOf: () => Asked | Promise<Asked>) => Promise<void>
  readonly retry: () => void
  readonly refresh: () => void
}

type Asked = object | UnansweredStep

const slowMs = 10_000
const retryMs = 5_000
const otherTabMs = 1_500
const isUnderWay = (view: View): view is SignInView => 'uid' in view

/** The view that the server gave last, and the ways to get another one. */
export function useSignIn(first: View): SignInModel {
  const [{ view, since }, setShown] = useState({ view: first, since: 0 })
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<SignInModel['trouble']>(null)
  const [tries, setTries] = useState(0)
  const current = useRef({
    view,
    busy: false,
    /** The person is being asked: for the last of so many things. */
    asking: false,
    turn: 0,
    again: null as (() => void) | null,
  })
  /** The sign-ins in this browser's other tabs. */
  const others = useRef<BroadcastChannel>(null)

  const show = useCallback((next: View) => {
    const before = current.current.view
    if (isOlder(next, before)) return
    current.current.view = next
    setShown({ view: next, since: performance.now() })
    if (next.at === 'done' && before.at !== 'done') {
      others.current?.postMessage('done')
      location.replace(next.goTo)
    }
  }, [])

  /** One request at a time; what could not be sent is kept for another try. */
  const submit = useCallback(
    async (action: Action, fields: object) => {
      const { view } = current.current
      // What is done takes no more: its form is there until the page is drawn anew.
      if (current.current.busy || !isUnderWay(view) || view.at === 'done') return
      current.current.busy = true
      if (action !== 'extend') endAsking(current.current)
      setBusy(true)
      const slow = setTimeout(() => setTrouble('slow'), slowMs)
      const reply = await act(view, action, { ...fields, revision: view.revision })
      clearTimeout(slow)
      current.current.busy = false
      current.current.again = reply.ok || reply.why ? null : () => void submit(action, fields)
      setBusy(false)
      setTrouble(reply.ok ? (action === 'extend' ? 'extended' : null) : reply.why ? { why: reply.why } : 'down')
      const anew = reply.ok && action === 'challenge' ? anewIn(view, reply.view) : undefined
      if (anew) setTrouble({ said: anew })
      if (action !== 'extend' && reply.ok) setTries((before) => before + 1)
      if (reply.ok && 'news' in reply.view && reply.view.news) passOn(reply.view.news)
      if (!reply.ok) return
      if (action === 'challenge') keepEntry(view, reply.view)
      show(reply.view)
    },
    [show],
  )

  /** What the person does meanwhile takes its place; where nothing was answered, nothing is sent. */
  const ask = useCallback(
    async (action: Action, fieldsOf: () => Asked | Promise<Asked>) => {
      if (current.current.busy) return
      const turn = endAsking(current.current)
      current.current.asking = true
      setBusy(true)
      const fields = await fieldsOf()
      if (turn !== current.current.turn) return
      current.current.asking = false
      if (!('unanswered' in fields)) return submit(action, fields)
      setBusy(false)
      setTrouble(fields.unanswered && { said: fields.unanswered })
    },
    [submit],
  )

  /** Reload, Back, another tab, a page from the cache: fetch again and render. */
  const refresh = useCallback(() => {
    const { view } = current.current
    const isWaiting = () => !current.current.busy && !current.current.asking
    if (!isUnderWay(view) || view.at === 'done' || !isWaiting()) return
    void look(view).then((reply) => {
      if (reply.ok && isWaiting() && differs(reply.view, current.current.view)) show(reply.view)
    })
  }, [show])

  useEffect(() => {
    const onVisible = () => document.visibilityState === 'visible' && refresh()
    // The other tab's session is there a moment after it says that it is done.
    const onDone = () => setTimeout(refresh, otherTabMs)
    const onShow = (event: PageTransitionEvent) => event.persisted && refresh()
    document.addEventListener('visibilitychange', onVisible)
    addEventListener('pageshow', onShow)
    const channel = new BroadcastChannel('sallyport')
    channel.addEventListener('message', onDone)
    others.current = channel
    return () => {
      document.removeEventListener('visibilitychange', onVisible)
      removeEventListener('pageshow', onShow)
      channel.close()
    }
  }, [refresh])

  const renewInMs = view.at === 'answer' ? view.challenge.renewInMs : null
  useEffect(() => {
    if (busy || renewInMs === null) return
    const left = since + renewInMs - performance.now()
    const timer = setTimeout(() => document.visibilityState === 'visible' && refresh(), Math.max(0, left))
    return () => clearTimeout(timer)
  }, [since, renewInMs, busy, refresh])

  useEffect(() => {
    const onPop = ({ state }: PopStateEvent) => {
      const fields = entryFields(current.current.view, state)
      if (fields) void submit('challenge', fields)
    }
    addEventListener('popstate', onPop)
    return () => removeEventListener('popstate', onPop)
  }, [submit])

  const retry = useCallback(() => current.current.again?.(), [])

  useEffect(() => {
    if (trouble !== 'down' || busy) return
    const timer = setTimeout(retry, retryMs)
    return () => clearTimeout(timer)
  }, [trouble, busy, retry])

  return { view, since, busy, trouble, tries, submit, ask, retry, refresh }
}

/** What is said when another text or grid has come in the place of the one that was there. */
function anewIn(before: View, after: View): Message | undefined {
  if (before.at !== 'answer' || after.at !== 'answer' || after.refusal) return undefined
  const { factor, authenticator } = after.challenge
  const isSame = before.challenge.factor === factor && before.challenge.authenticator === authenticator
  const web: WebFactor<BuiltFactor> = webFactors[factor]
  return isSame ? web.anew : undefined
}

/** What was asked before is answered too late. */
function endAsking(current: { asking: boolean; turn: number }): number {
  current.asking = false
  current.turn += 1
  return current.turn
}

function passOn({ factor, told }: News) {
  const { hear }: WebFactor<BuiltFactor> = webFactors[factor]
  hear?.(told)
}

/** A look that was answered late: what it saw has been answered meanwhile. */
const isOlder = (next: View, shown: View) =>
  isUnderWay(next) && isUnderWay(shown) && next.uid === shown.uid && next.revision < shown.revision

const differs = (a: View, b: View) =>
  a.at !== b.at || (isUnderWay(a) && isUnderWay(b) && (a.uid !== b.uid || a.revision !== b.revision))
