import { useText } from '../../text/text.tsx'
import { CodeField, digitsOf } from '../../ui/form/code-field.tsx'
import { Field } from '../../ui/form/field.tsx'
import type { EnrolProps, WebEnrolment } from '../contract/enrolment.ts'

function Enrol({ prompt, refusal }: EnrolProps<'sms'>) {
  const say = useText()
  if (prompt.at === 'code')
    return (
      <>
        <p>{say(prompt.late ? 'enrol.sms.late' : 'enrol.sms.sent', { ending: prompt.ending })}</p>
        <CodeField label={say('enrol.sms.field')} lengths={[6]} refusal={refusal} refused={null} />
      </>
    )
  return (
    <Field label={say('enrol.sms.number')} refusal={refusal} hint={say('enrol.sms.why')} autoFocus>
      {(control) => (
        <input {...control} className="input" name="number" type="tel" autoComplete="tel" dir="ltr" required />
      )}
    </Field>
  )
}

export const smsEnrolment: WebEnrolment<'sms'> = {
  Enrol,
  again: ({ at }) => (at === 'code' ? 'enrol.sms.again' : null),
  answer: (fields, { at }) =>
    at === 'number'
      ? { number: String(fields.get('number') ?? '') }
      : { code: digitsOf(String(fields.get('code') ?? '')) },
}
