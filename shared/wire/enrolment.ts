import type { BuiltFactor, EnrollableFactor, EnrolmentPrompt } from '../factors/index.ts'
import type { Refusal, RefusalCode } from '../refusal.ts'

/** A question on the way to a new authenticator, in its factor's own terms; `door` is where it is answered, if not here. */
export type EnrolmentQuestion = {
  [Id in EnrollableFactor]: {
    readonly factor: Id
    readonly prompt: EnrolmentPrompt<Id>
    readonly answerUrl: string | null
  }
}[EnrollableFactor]

/** Every answer of the enrolment's actions: the browser renders it and decides nothing. */
export type EnrolmentView =
  | (EnrolmentQuestion & {
      readonly at: 'asked'
      readonly id: string
      /** Sent back with the answer; another value means that another tab was first. */
      readonly revision: number
      readonly refusal: Refusal | null
    })
  | { readonly at: 'made'; readonly factor: BuiltFactor; readonly label: string }
  | { readonly at: 'over'; readonly why: RefusalCode }

/** Whom wrong answers have shut out of an authenticator; `until` (ISO 8601) where strangers wait. */
export type GuessState =
  | { readonly is: 'open' }
  | { readonly is: 'waiting'; readonly until: string }
  | { readonly is: 'shut-for-strangers' | 'shut' }

/** One authenticator of a person, as they are shown it. */
export interface ListedAuthenticator {
  readonly id: string
  readonly factor: BuiltFactor
  readonly label: string
  /** ISO 8601. */
  readonly lastUsedAt: string | null
  readonly guessedAt: GuessState
}
