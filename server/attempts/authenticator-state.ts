import type { BuiltFactor } from '#shared/factors/index.ts'
import type { GuessState } from '#shared/wire/enrolment.ts'
import type { Limits } from '../settings/attempts.ts'
import type { Store } from '../store/store.ts'
import { type Answerer, isShut, lockedUntil } from './attempt.ts'

/** An authenticator, and for whom wrong answers have shut it. */
export interface AuthenticatorState {
  readonly id: string
  readonly factor: BuiltFactor
  readonly label: string
  /** Consecutive wrong answers before another proof, and after another proof. */
  readonly failures: number
  readonly failuresAfterProof: number
  /** For unknown browsers, whether the authenticator is shut as the first factor, and whether after another proof. */
  readonly shut: { readonly strangers: boolean; readonly afterProof: boolean }
  /** The end of strangers' wait (ISO 8601); null without a wait. */
  readonly strangersWaitUntil: string | null
}

interface Counted {
  readonly store: Store
  readonly config: { readonly attempts: Limits }
  readonly now: () => Date
}

const stranger: Answerer = { hasProof: false, device: null }

export async function authenticatorStates(
  { store, config, now }: Counted,
  account: string,
): Promise<readonly AuthenticatorState[]> {
  const all = await store.authenticators.listAll(account)
  return Promise.all(
    all.map(async (one) => {
      const { id, factor, label, failures, failuresAfterProof } = one
      const until = await lockedUntil(store, config.attempts, factor, account, now().getTime())
      const shut = {
        strangers: await isShut(store, config.attempts, one, stranger),
        afterProof: await isShut(store, config.attempts, one, { ...stranger, hasProof: true }),
      }
      const strangersWaitUntil = until === null ? null : new Date(until).toISOString()
      return { id, factor, label, failures, failuresAfterProof, shut, strangersWaitUntil }
    }),
  )
}

/** The state of wrong answers in a word, for a page. */
export function guessedAt({ shut, strangersWaitUntil }: AuthenticatorState): GuessState {
  if (shut.afterProof) return { is: 'shut' }
  if (shut.strangers) return { is: 'shut-for-strangers' }
  return strangersWaitUntil === null ? { is: 'open' } : { is: 'waiting', until: strangersWaitUntil }
}
