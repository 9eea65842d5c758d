import type { Next } from '#shared/policy/next.ts'
import type { Refusal } from '#shared/refusal.ts'
import type { Door, View } from '#shared/view.ts'
import type { Waiting } from '../provider/finish.ts'
import type { Kept } from './state.ts'

/** What is known about a sign-in that is not in the policy's answer. */
export interface Around {
  /** Somebody who has signed in in another tab meanwhile. */
  readonly elsewhere: string | null
  /** Where a finished sign-in goes on. */
  readonly goTo: string | null
  /** A reason that came up just now, beside the one that is kept. */
  readonly why: Refusal | null
}

const passedWho: Door = { label: 'who', state: 'passed' }

/** A sign-in under way as the browser is shown it. */
export function viewOf({ uid, client, resume }: Waiting, kept: Kept, decision: Next, around: Around): View {
  const { signIn, revision } = kept
  const common = {
    uid,
    client: client.client_name,
    revision,
    closesAt: new Date(signIn.closesAt).toISOString(),
    refusal: around.why ?? signIn.refusal,
  }
  if (around.elsewhere) return { ...common, at: 'elsewhere', doors: [], person: around.elsewhere, goTo: resume }
  switch (decision.is) {
    case 'identify':
      return { ...common, at: 'identify', doors: [{ label: 'who', state: 'open' }], username: signIn.username }
    case 'answer': {
      const { challenge, username } = signIn
      if (!challenge) throw new Error('A step is open, and no challenge.')
      const { kept: _, ...shown } = challenge
      return { ...common, at: 'answer', doors: doorsOf(decision), username, challenge: shown }
    }
    case 'done':
      return { ...common, at: 'done', doors: doorsOf(decision), goTo: around.goTo ?? resume }
    case 'refuse':
      return { ...common, at: 'refused', doors: [], why: decision.why.code }
  }
}

/** Who you are is a door until the first proof; then the arcade is the policy's steps. */
function doorsOf({ doors }: Extract<Next, { doors: unknown }>): readonly Door[] {
  const steps = doors.map(({ factors, state }): Door => ({ label: factors[0] ?? 'who', state }))
  return steps.some(({ state }) => state === 'passed') ? steps : [passedWho, ...steps]
}
