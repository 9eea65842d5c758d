import { setTimeout as sleep } from 'node:timers/promises'
import { streamSSE } from 'hono/streaming'
import type { View } from '#shared/wire/view.ts'
import type { AppContext } from '../context/app-context.ts'
import { problemResponse } from '../http/problem.ts'
import { referenceOf } from '../operator/reference.ts'
import type { Interaction } from '../provider/interactions.ts'
import { StoreLocked } from '../store/store-locked.ts'
import { whyClosed } from './actions.ts'
import { decideNext } from './decide-next.ts'
import type { C } from './find-sign-in.ts'
import { isDecided } from './pending.ts'
import { loadSignIn, type StoredSignIn } from './state.ts'
import { viewOf } from './view.ts'

const lookEveryMs = 1000
const heartbeatMs = 15_000
/** The longest that one stream is open: a browser connects again by itself. */
const longestMs = 120_000
/** The time that a reader has for the last event. */
const leaveMs = 5000

/**
 * Streams a pending answer to its page (HTML, server-sent events): the view at first and whenever it changes, with the
 * revision as the event's id; `look` once the answer is not pending any more. The stream only reads: nothing is proven,
 * opened or finished.
 */
export async function streamEvents(app: AppContext, c: C, interaction: Interaction, stored: StoredSignIn) {
  // No content: the browser does not connect again.
  if (!pendingIn(app, stored)) return c.body(null, 204)
  const leave = app.streams.take(interaction.address)
  if (!leave) {
    c.header('Retry-After', String(longestMs / 1000))
    return problemResponse(app, c, { code: 'too-many-requests' })
  }
  app.openings.spend(interaction.address)
  const end = performance.now() + longestMs
  // A reader that takes nothing would keep the loop waiting for ever.
  const cut = setTimeout(() => {
    leave()
    c.env.outgoing.destroy()
  }, longestMs + leaveMs)
  const response = streamSSE(c, async (stream) => {
    let [told, toldAt] = ['', performance.now()]
    try {
      while (!stream.aborted && !app.streams.ending.aborted && performance.now() < end) {
        const now = await snapshotOf(app, interaction, told)
        if (!now) {
          await stream.writeSSE({ event: 'look', data: 'look' })
          break
        }
        if (now.view) await stream.writeSSE({ id: String(now.revision), data: JSON.stringify(now.view) })
        else if (performance.now() - toldAt > heartbeatMs) await stream.write(':\n\n')
        else {
          await sleep(lookEveryMs, null, { signal: app.streams.ending }).catch(() => {})
          continue
        }
        told = now.key
        toldAt = performance.now()
      }
    } catch (error) {
      // The answer has begun: the stream ends, and the browser connects again.
      const isLocked = error instanceof StoreLocked
      if (isLocked) app.log.warn('the store is locked by another process')
      else app.log.error({ err: error, reference: referenceOf(error as Error) }, 'an event stream failed')
    } finally {
      clearTimeout(cut)
      leave()
    }
  })
  response.headers.set('Cache-Control', 'no-store')
  // Turns off nginx's buffering, so that each event is passed on as it comes.
  response.headers.set('X-Accel-Buffering', 'no')
  return response
}

const pendingIn = (app: AppContext, stored: StoredSignIn | null) => {
  const challenge = stored?.signIn.challenge
  return stored && !whyClosed(app, stored) && challenge?.askAgainAt !== undefined ? challenge : null
}

interface Snapshot {
  readonly key: string
  readonly revision: number
  /** The view; null while it is the one that was sent last. */
  readonly view: View | null
}

/** The pending answer now; null when the answer is not pending any more. */
async function snapshotOf(app: AppContext, interaction: Interaction, told: string): Promise<Snapshot | null> {
  const stored = await loadSignIn(app.store, interaction.uid)
  const challenge = pendingIn(app, stored)
  if (!stored || !challenge) return null
  const decided = await isDecided(app, interaction, challenge)
  const { revision, signIn } = stored
  const key = `${revision} ${decided}`
  if (key === told) return { key, revision, view: null }
  // A pending answer that was decided is asked for at once.
  const open = decided ? { ...signIn, challenge: { ...challenge, askAgainAt: 0 } } : signIn
  const around = { elsewhere: null, goTo: null, question: null, why: null, now: app.now() }
  const view = viewOf(interaction, { ...stored, signIn: open }, await decideNext(app, interaction, stored), around)
  // An answer URL holds a ticket, which only the page is given.
  return view.at === 'answer' && view.challenge.answerUrl === null ? { key, revision, view } : null
}
