import { useEffect, useRef } from 'react'
import type { View } from '#shared/wire/view.ts'
import type { SignInModel } from './use-sign-in.ts'

/** Loaded when an answer is pending: no other page needs it. */
const waiting = () => import('./ask-again.ts')
type Waiting = Awaited<ReturnType<typeof waiting>>

/** While an answer is pending the page gives it again by itself; nobody has to do anything. */
export function usePending(
  view: Extract<View, { at: 'answer' }>,
  { askAgain, take, refresh }: SignInModel,
  fieldsOf: () => Promise<object>,
): void {
  const fields = useRef(fieldsOf)
  fields.current = fieldsOf
  const { uid } = view
  const waitMs = view.challenge.pending?.askAgainInMs
  const isPending = waitMs !== undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: each view has a time of its own
  useEffect(() => {
    if (waitMs === undefined) return
    return once((all) => all.askAgainIn(waitMs, async () => askAgain(await fields.current())))
  }, [view, waitMs, askAgain])
  useEffect(() => {
    if (!isPending) return
    return once((all) => all.follow(uid, take, refresh))
  }, [isPending, uid, take, refresh])
}

/** Begins what is loaded, unless it was ended before; what does not load leaves the button. */
function once(begin: (all: Waiting) => () => void): () => void {
  let end: (() => void) | null = null
  let isOver = false
  void waiting().then(
    (all) => {
      if (!isOver) end = begin(all)
    },
    () => {},
  )
  return () => {
    isOver = true
    end?.()
  }
}
