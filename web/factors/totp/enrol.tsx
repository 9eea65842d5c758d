import { useText } from '../../text/text.tsx'
import { CodeField, digitsOf } from '../../ui/form/code-field.tsx'
import type { EnrolProps, WebEnrolment } from '../contract/enrolment.ts'

const quietZone = 4

function Enrol({ prompt: { address, secret, qr }, refusal }: EnrolProps<'totp'>) {
  const say = useText()
  const box = qr.size + 2 * quietZone
  return (
    <>
      <p>{say('enrol.totp.scan')}</p>
      <svg className="qr" viewBox={`${-quietZone} ${-quietZone} ${box} ${box}`} role="img">
        <title>{say('enrol.totp.qr')}</title>
        <path d={qr.path} />
      </svg>
      <p>
        {say('enrol.totp.secret')} <code dir="ltr">{secret.replace(/.{4}(?=.)/g, '$& ')}</code>
      </p>
      <p>
        <a className="link" href={address}>
          {say('enrol.totp.open')}
        </a>
      </p>
      <CodeField label={say('enrol.totp.field')} lengths={[6]} refusal={refusal} refused={null} />
    </>
  )
}

export const totpEnrolment: WebEnrolment<'totp'> = {
  Enrol,
  answer: (fields) => ({ code: digitsOf(String(fields.get('code') ?? '')) }),
}
