import type { ReactNode } from 'react'
import type { EnrollableFactor, EnrolmentAnswer, EnrolmentPrompt } from '#shared/factors/index.ts'
import type { Refusal } from '#shared/refusal.ts'
import type { Message } from '../../text/text.tsx'
import type { UnansweredStep } from './factor.ts'

export interface EnrolProps<Id extends EnrollableFactor> {
  readonly prompt: EnrolmentPrompt<Id>
  readonly refusal: Refusal | null
}

/** How a factor is enrolled in the browser: gets a prompt and gives an answer, as in a sign-in. */
export interface WebEnrolment<Id extends EnrollableFactor> {
  /** The fields of the form. */
  Enrol(props: EnrolProps<Id>): ReactNode
  /** How somebody begins again with what a question came to; null where there is nothing to begin again. */
  again?(prompt: EnrolmentPrompt<Id>): Message | null
  /** What the form answers, or the browser in its place; without it, the answer is given elsewhere. */
  answer?(
    fields: FormData,
    prompt: EnrolmentPrompt<Id>,
  ): EnrolmentAnswer<Id> | Promise<EnrolmentAnswer<Id> | UnansweredStep>
}
