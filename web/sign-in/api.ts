import type { RefusalCode } from '#shared/refusal.ts'
import type { SignInView, View } from '#shared/wire/view.ts'

/** The outcome of a request: a view, or why there is none. */
export type Reply =
  | { readonly ok: true; readonly view: View }
  /** The code of a request that cannot be used; null when no server answered, and the request can be sent again. */
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

/** Posts an action; the view's revision keeps a repeated action from counting twice. */
export const act = (view: SignInView, action: Action, fields: object): Promise<Reply> =>
  ask(actionPath(view, action), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  })

export const look = ({ uid }: SignInView): Promise<Reply> => ask(`/sign-in/${uid}/view`)
