import { useCallback, useEffect, useRef, useState } from 'react'
import type { BuiltFactor } from '#shared/factors/index.ts'
import type { RefusalCode } from '#shared/refusal.ts'
import type { News, SignInView, View } from '#shared/wire/view.ts'
import type { UnansweredStep, WebFactor } from '../factors/contract/factor.ts'
import { webFactors } from '../factors/registry.ts'
import type { Message } from '../text/text.tsx'
import { mistakeIn } from '../text/titles.ts'
import { type Action, act, look } from './api.ts'
import { entryFields, keepEntry } from './choice-entry.ts'

export interface SignInModel {
  readonly view: View
  /** When the view came (performance.now): the view's times count from here, and not by the browser's clock. */
  readonly since: number
  readonly busy: boolean
  readonly trouble: 'slow' | 'down' | 'extended' | { readonly why: RefusalCode } | { readonly said: Message } | null
  /** The number of answered tries: a form begins anew after each, and after nothing else. */
  readonly tries: number
  readonly submit: (action: Action, fields: object) => Promise<void>
  /** Submits fields that the browser must ask the person for first. */
  readonly ask: (action: Action, fieldsOf: () => Asked | Promise<Asked>) => Promise<void>
  /** Sends a pending answer once more; the page stays still while the answer is pending. */
  readonly askAgain: (fields: object) => Promise<void>
  /** Shows a view of the event stream. */
  readonly take: (next: View) => void
  readonly retry: () => void
  readonly refresh: () => void
}

type Asked = object | UnansweredStep

const slowMs = 10_000
const retryMs = 5_000
const otherTabMs = 1_500
const isUnderWay = (view: View): view is SignInView => 'uid' in view

/** The server's last view, and the actions that get the next. */
export function useSignIn(first: View): SignInModel {
  const [{ view, since }, setShown] = useState({ view: first, since: 0 })
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<SignInModel['trouble']>(null)
  const [tries, setTries] = useState(0)
  const current = useRef({
    view,
    busy: false,
    /** Whether the browser is asking the person; `turn` numbers the questions, of which only the last one counts. */
    asking: false,
    askingAgain: false,
    turn: 0,
    again: null as (() => void) | null,
  })
  /** The channel to the sign-ins in this browser's other tabs. */
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

  /** Sends one request at a time; a request that could not be sent is kept for another try. */
  const submit = useCallback(
    async (action: Action, fields: object) => {
      const { view } = current.current
      // A finished sign-in takes no more, though its form stays until the page is drawn anew.
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

  /** Asks the person, then submits; another action meanwhile takes its place, and nothing is sent without an answer. */
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

  const askAgain = useCallback(
    async (fields: object) => {
      const { view } = current.current
      const isWaiting = () => !current.current.busy && !current.current.asking
      if (current.current.askingAgain || !isWaiting() || !isUnderWay(view)) return
      current.current.askingAgain = true
      const reply = await act(view, 'answer', { ...fields, revision: view.revision })
      current.current.askingAgain = false
      if (!reply.ok || !isWaiting()) return
      const next = isUnderWay(reply.view) && !mistakeIn(reply.view) ? { ...reply.view, refusal: null } : reply.view
      if (!isPending(next)) setTries((before) => before + 1)
      if ('news' in next && next.news) passOn(next.news)
      show(next)
    },
    [show],
  )

  /** Fetches the view again and shows it: after reload, Back, another tab, or a page from the cache. */
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
    // The other tab's session begins a moment after the tab has said that it is done.
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

  return { view, since, busy, trouble, tries, submit, ask, askAgain, take: show, retry, refresh }
}

/** The notice that another text message or grid has replaced the one before. */
function anewIn(before: View, after: View): Message | undefined {
  if (before.at !== 'answer' || after.at !== 'answer' || after.refusal) return undefined
  const { factor, authenticator } = after.challenge
  const isSame = before.challenge.factor === factor && before.challenge.authenticator === authenticator
  const web: WebFactor<BuiltFactor> = webFactors[factor]
  return isSame ? web.anew : undefined
}

/** Ends the question of before, whose answer is then ignored, and returns the next turn. */
function endAsking(current: { asking: boolean; turn: number }): number {
  current.asking = false
  current.turn += 1
  return current.turn
}

function passOn({ factor, told }: News) {
  const { hear }: WebFactor<BuiltFactor> = webFactors[factor]
  hear?.(told)
}

/** Whether a view is older than the shown one: a late reply to a look, after another action. */
const isOlder = (next: View, shown: View) =>
  isUnderWay(next) && isUnderWay(shown) && next.uid === shown.uid && next.revision < shown.revision

const isPending = (view: View) => view.at === 'answer' && view.challenge.pending !== undefined

const differs = (a: View, b: View) =>
  a.at !== b.at || (isUnderWay(a) && isUnderWay(b) && (a.uid !== b.uid || a.revision !== b.revision))
