import type { ReactNode } from 'react'
import type { Answer, BuiltFactor, Prompt, Told } from '#shared/factors/index.ts'
import type { Refusal } from '#shared/refusal.ts'
import type { Message } from '../../text/text.tsx'

export interface ChallengeProps<Id extends BuiltFactor> {
  readonly prompt: Prompt<Id>
  readonly username: string
  readonly refusal: Refusal | null
  /** What a password manager filled in before this door was open. */
  readonly prefilled: string
  /** The answer that was refused just now, where it was given on this page. */
  readonly refused: Answer<Id> | null
}

/** Nothing was answered, so nothing is sent and no attempt is charged; null where there is nothing to say about it. */
export interface UnansweredStep {
  readonly unanswered: Message | null
}
export type Given<Id extends BuiltFactor> = Answer<Id> | UnansweredStep

export interface BesideProps<Id extends BuiltFactor> {
  readonly prompt: Prompt<Id>
  readonly refusal: Refusal | null
  readonly refused: Answer<Id> | null
  readonly busy: boolean
  /** Where the browser goes to answer; null for what is answered on the page. */
  readonly door: string | null
  /** Asks for an answer when nothing else is under way, and sends it. */
  readonly give: (answer: () => Promise<Given<Id>>) => void
}

/** A factor in the browser: gets a prompt and gives an answer. It does not fetch, route, or know what comes next. */
export interface WebFactor<Id extends BuiltFactor> {
  /** The path of its drawing, in a box of 24. */
  readonly icon: string
  /** How somebody asks for another one of these, where they may: a new grid. */
  readonly again?: Message
  /** What they hear when it has come. */
  readonly anew?: Message
  /** What is said when they may not any more. */
  readonly last?: Message
  /** From when on they may (ISO 8601); null when they may not any more. Without it, always. */
  againAt?(prompt: Prompt<Id>): string | null
  /** The fields of the page's form, so that it works before and without the script. */
  Challenge(props: ChallengeProps<Id>): ReactNode
  /**
   * What the form's fields answer, or what the browser answers in their place; without it, the answer is given elsewhere.
   * One that is pending is given again by the page itself, without fields.
   */
  answer?(fields: FormData, prompt: Prompt<Id>): Answer<Id> | Promise<Given<Id>>
  /** For a factor that needs the script: why this browser cannot do it at all, if it cannot. */
  unusable?(): Message | null
  /** What is shown beside the question who somebody is. */
  Beside?(props: BesideProps<Id>): ReactNode
  /** Tells the browser's own keepers what the server said of all of somebody's. */
  hear?(told: Told<Id>): void
}
