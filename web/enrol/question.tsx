import { type FormEvent, useRef, useState } from 'react'
import type { EnrollableFactor } from '#shared/factors/index.ts'
import type { Refusal } from '#shared/refusal.ts'
import type { EnrolmentQuestion } from '#shared/wire/enrolment.ts'
import { type Message, useText } from '../text/text.tsx'
import { Field } from '../ui/form/field.tsx'
import './enrol.css'
import type { WebEnrolment } from '../factors/contract/enrolment.ts'
import { webEnrolments } from '../factors/enrolments.ts'
import { AnswerElsewhere } from './elsewhere.tsx'

interface Props {
  readonly question: EnrolmentQuestion
  readonly refusal: Refusal | null
  readonly busy: boolean
  /** The label that the person typed; a refused answer does not clear it. */
  readonly label: string
  readonly changeLabel: (label: string) => void
  readonly submit: (answer: object) => Promise<void>
}

/** One question on the way to a new authenticator. */
export function Questioned({ question, refusal, busy, label, changeLabel, submit }: Props) {
  const say = useText()
  const [asking, setAsking] = useState(false)
  // A ref, which is set at once: a filled-in code is sent by itself, and Enter may follow before the next drawing.
  const sending = useRef(false)
  const [said, setSaid] = useState<Message | null>(null)
  const { factor, prompt } = question
  const { Enrol, answer }: WebEnrolment<EnrollableFactor> = webEnrolments[factor]
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (sending.current || question.answerUrl || !answer) return
    sending.current = true
    setAsking(true)
    setSaid(null)
    const given = await answer(new FormData(event.currentTarget), prompt)
    setAsking(false)
    if ('unanswered' in given) setSaid(given.unanswered)
    else await submit(given)
    sending.current = false
  }
  return (
    <form onSubmit={(event) => void send(event)}>
      <Enrol prompt={prompt} refusal={refusal} />
      <Field label={say('enrol.label')}>
        {(control) => (
          <input
            {...control}
            className="input"
            maxLength={80}
            placeholder={say(`enrol.${factor}.label`)}
            value={label}
            onChange={(event) => changeLabel(event.target.value)}
          />
        )}
      </Field>
      <p className="hint" role="status">
        {said && say(said)}
      </p>
      {question.answerUrl ? (
        <AnswerElsewhere door={question.answerUrl} busy={busy} submit={submit}>
          {say('enrol.elsewhere')}
        </AnswerElsewhere>
      ) : (
        <button className="button" type="submit" aria-busy={busy || asking}>
          {say(`enrol.${factor}.submit`)}
        </button>
      )}
    </form>
  )
}
