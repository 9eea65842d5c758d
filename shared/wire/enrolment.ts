import type { BuiltFactor, EnrollableFactor, EnrolmentPrompt } from '../factors/index.ts'
import type { Refusal, RefusalCode } from '../refusal.ts'

/** A question of an enrolment, in its factor's own terms; `answerUrl` for an answer by handoff, else null. */
export type EnrolmentQuestion = {
  [Id in EnrollableFactor]: {
    readonly factor: Id
    readonly prompt: EnrolmentPrompt<Id>
    readonly answerUrl: string | null
  }
}[EnrollableFactor]

/** Every response of the enrolment's actions: the browser renders the view and decides nothing. */
export type EnrolmentView =
  | (EnrolmentQuestion & {
      readonly at: 'asked'
      readonly id: string
      /** The revision that the answer must repeat: a different revision means that another tab was first. */
      readonly revision: number
      readonly refusal: Refusal | null
    })
  | { readonly at: 'made'; readonly factor: BuiltFactor; readonly label: string }
  | { readonly at: 'over'; readonly why: RefusalCode }

/** For whom wrong answers have shut an authenticator; `until` (ISO 8601) where strangers must wait. */
export type GuessState =
  | { readonly is: 'open' }
  | { readonly is: 'waiting'; readonly until: string }
  | { readonly is: 'shut-for-strangers' | 'shut' }

/** An authenticator in its owner's list. */
export interface ListedAuthenticator {
  readonly id: string
  readonly factor: BuiltFactor
  readonly label: string
  /** The last use (ISO 8601); null before the first. */
  readonly lastUsedAt: string | null
  readonly guessedAt: GuessState
}
