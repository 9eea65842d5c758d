import type { RefusalCode } from '#shared/refusal.ts'
import type { SignInView, View } from '#shared/wire/view.ts'

/** Expected ends of a request: a view, or nobody there. */
export type Reply =
  | { readonly ok: true; readonly view: View }
  /** What was sent cannot be used; null when nobody was there, and the same may be sent again. */
  | { readonly ok: false; readonly why: RefusalCode | null }

const patienceMs = 30_000

async function ask(path: string, init?: RequestInit): Promise<Reply> {
  try {
    const response = await fetch(path, { ...init, credentials: 'same-origin', signal: AbortSignal.timeout(patienceMs) })
    const body: View | { readonly code: RefusalCode } = await response.json()
    if ('at' in body) return { ok: true, view: body }
    return { ok: false, why: response.status < 500 ? body.code : null }
  } catch {
    return { ok: false, why: null }
  }
}

export type Action = 'identify' | 'challenge' | 'answer' | 'enrol' | 'agree' | 'restart' | 'cancel' | 'extend'

export const actionPath = ({ uid }: SignInView, action: Action) => `/sign-in/${uid}/${action}`

/** One POST for each action; the view's revision keeps a repeated one from counting twice. */
export const act = (view: SignInView, action: Action, fields: object): Promise<Reply> =>
  ask(actionPath(view, action), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  })

export const look = ({ uid }: SignInView): Promise<Reply> => ask(`/sign-in/${uid}/view`)
