import type { ReactNode } from 'react'
import type { Answer, BuiltFactor, Prompt, Told } from '#shared/factors/index.ts'
import type { Refusal } from '#shared/refusal.ts'
import type { Message } from '../../text/text.tsx'

export interface ChallengeProps<Id extends BuiltFactor> {
  readonly prompt: Prompt<Id>
  readonly username: string
  readonly refusal: Refusal | null
  /** The password that a password manager filled in before this step. */
  readonly prefilled: string
  /** The answer that was refused just now, where it was given on this page. */
  readonly refused: Answer<Id> | null
}

/** No answer was given, so nothing is sent and no attempt is charged. The text says why; null for no text. */
export interface UnansweredStep {
  readonly unanswered: Message | null
}
export type Given<Id extends BuiltFactor> = Answer<Id> | UnansweredStep

export interface BesideProps<Id extends BuiltFactor> {
  readonly prompt: Prompt<Id>
  readonly refusal: Refusal | null
  readonly refused: Answer<Id> | null
  readonly busy: boolean
  /** The answer URL of a handoff; null for a challenge that is answered on the page. */
  readonly door: string | null
  /** Asks for an answer when nothing else is under way, and sends it. */
  readonly give: (answer: () => Promise<Given<Id>>) => void
}

/** A factor in the browser: gets a prompt and gives an answer. It never fetches, routes or knows the next step. */
export interface WebFactor<Id extends BuiltFactor> {
  /** The SVG path of the factor's icon, in a box of 24 by 24. */
  readonly icon: string
  /** The text of the button that asks for another challenge, such as a new grid or another message. */
  readonly again?: Message
  /** The notice when the other challenge has come. */
  readonly anew?: Message
  /** The notice when no other challenge can be asked for any more. */
  readonly last?: Message
  /** The instant (ISO 8601) from which another challenge can be asked for; null for never. Without it, always. */
  againAt?(prompt: Prompt<Id>): string | null
  /** The fields of the page's form, which works before and without the script. */
  Challenge(props: ChallengeProps<Id>): ReactNode
  /**
   * The answer of the form's fields, or of the browser in their place; a factor with a handoff has none. The page
   * itself gives a pending answer again, without fields.
   */
  answer?(fields: FormData, prompt: Prompt<Id>): Answer<Id> | Promise<Given<Id>>
  /** Why this browser cannot use the factor at all; null when it can. For a factor that needs the script. */
  unusable?(): Message | null
  /** The usernameless challenge, shown with the name field. */
  Beside?(props: BesideProps<Id>): ReactNode
  /** Passes what the server told about a person's authenticators to the browser's password managers. */
  hear?(told: Told<Id>): void
}
