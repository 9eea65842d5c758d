import type { ReactNode } from 'react'
import type { EnrollableFactor, EnrolmentAnswer, EnrolmentPrompt } from '#shared/factors/index.ts'
import type { Refusal } from '#shared/refusal.ts'
import type { Message } from '../../text/text.tsx'
import type { UnansweredStep } from './factor.ts'

export interface EnrolProps<Id extends EnrollableFactor> {
  readonly prompt: EnrolmentPrompt<Id>
  readonly refusal: Refusal | null
}

/** The enrolment of a factor in the browser: gets a prompt and gives an answer, as in a sign-in. */
export interface WebEnrolment<Id extends EnrollableFactor> {
  /** The fields of the form. */
  Enrol(props: EnrolProps<Id>): ReactNode
  /** The text of the button that begins the enrolment again; null where there is nothing to begin again. */
  again?(prompt: EnrolmentPrompt<Id>): Message | null
  /** The answer of the form's fields, or of the browser in their place. A factor with a handoff has none. */
  answer?(
    fields: FormData,
    prompt: EnrolmentPrompt<Id>,
  ): EnrolmentAnswer<Id> | Promise<EnrolmentAnswer<Id> | UnansweredStep>
}
