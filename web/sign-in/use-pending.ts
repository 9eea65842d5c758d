import { useEffect, useRef } from 'react'
import type { View } from '#shared/wire/view.ts'
import type { SignInModel } from './use-sign-in.ts'

/** The script for pending answers, loaded when an answer is pending: no other page needs it. */
const waiting = () => import('./ask-again.ts')
type Waiting = Awaited<ReturnType<typeof waiting>>

/** Gives a pending answer again by itself, and follows the event stream, while the answer is pending. */
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

/** Runs the script for pending answers once loaded, unless ended before. When loading fails, the button remains. */
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
