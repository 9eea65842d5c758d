import type { ReactNode } from 'react'
import type { Answer, BuiltFactor, Prompt } from '#shared/factors/index.ts'
import type { Refusal } from '#shared/refusal.ts'
import type { Message } from '../i18n.tsx'

export interface ChallengeProps<Id extends BuiltFactor> {
  readonly prompt: Prompt<Id>
  readonly username: string
  readonly refusal: Refusal | null
  /** What a password manager filled in before this door was open. */
  readonly prefilled: string
  /** The answer that was refused just now, where it was given on this page. */
  readonly refused: Answer<Id> | null
}

/** A factor in the browser: gets a prompt and gives an answer. It does not fetch, route, or know what comes next. */
export interface WebFactor<Id extends BuiltFactor> {
  /** The path of its drawing, in a box of 24. */
  readonly icon: string
  /** How somebody asks for another one of these, where they may: a new grid. */
  readonly again?: Message
  /** The fields of the page's form, so that it works before and without the script. */
  Challenge(props: ChallengeProps<Id>): ReactNode
  /** What the form's fields answer. */
  answer(fields: FormData): Answer<Id>
}
