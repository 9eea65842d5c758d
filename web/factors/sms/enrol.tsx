import { useText } from '../../text/text.tsx'
import { CodeField, plainCode } from '../../ui/form/code-field.tsx'
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
    <div className="field">
      <div className="field-head">
        <label htmlFor="number">{say('enrol.sms.number')}</label>
      </div>
      <input
        className="input"
        id="number"
        name="number"
        type="tel"
        autoComplete="tel"
        dir="ltr"
        required
        aria-invalid={refusal ? true : undefined}
        aria-describedby="refusal number-why"
      />
      <p className="hint" id="number-why">
        {say('enrol.sms.why')}
      </p>
    </div>
  )
}

export const enrolment: WebEnrolment<'sms'> = {
  Enrol,
  again: ({ at }) => (at === 'code' ? 'enrol.sms.again' : null),
  answer: (fields, { at }) =>
    at === 'number'
      ? { number: String(fields.get('number') ?? '') }
      : { code: plainCode(String(fields.get('code') ?? '')) },
}
