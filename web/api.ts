import type { SignInView, View } from '#shared/view.ts'

/** Expected ends of a request: a view, or nobody there. */
export type Reply = { readonly ok: true; readonly view: View } | { readonly ok: false }

const patienceMs = 30_000

async function ask(path: string, init?: RequestInit): Promise<Reply> {
  try {
    const response = await fetch(path, { ...init, credentials: 'same-origin', signal: AbortSignal.timeout(patienceMs) })
    const body: View | { readonly code: string } = await response.json()
    return 'at' in body ? { ok: true, view: body } : { ok: false }
  } catch {
    return { ok: false }
  }
}

export type Action = 'identify' | 'answer' | 'restart' | 'cancel' | 'extend'

export const actionPath = ({ uid }: SignInView, action: Action) => `/sign-in/${uid}/${action}`

/** One POST for each action; the view's revision keeps a repeated one from counting twice. */
export const act = (view: SignInView, action: Action, fields: object): Promise<Reply> =>
  ask(actionPath(view, action), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  })

export const look = ({ uid }: SignInView): Promise<Reply> => ask(`/sign-in/${uid}/view`)
