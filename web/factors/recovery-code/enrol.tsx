import { useState } from 'react'
import { useText } from '../../text/text.tsx'
import type { EnrolProps, WebEnrolment } from '../contract/enrolment.ts'

function Enrol({ prompt: { codes } }: EnrolProps<'recovery-code'>) {
  const say = useText()
  const [copied, setCopied] = useState(false)
  const text = `${codes.join('\n')}\n`
  const copy = () => navigator.clipboard.writeText(text).then(() => setCopied(true))
  return (
    <>
      <p>{say('enrol.recovery-code.once')}</p>
      <ol className="recovery-codes" dir="ltr">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <p className="row">
        <button type="button" className="link" onClick={() => void copy().catch(() => {})}>
          {say(copied ? 'enrol.recovery-code.copied' : 'enrol.recovery-code.copy')}
        </button>
        <a download="recovery-codes.txt" href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}>
          {say('enrol.recovery-code.download')}
        </a>
        <button type="button" className="link" onClick={() => print()}>
          {say('enrol.recovery-code.print')}
        </button>
      </p>
      <label className="check">
        <input type="checkbox" name="saved" required /> {say('enrol.recovery-code.saved')}
      </label>
    </>
  )
}

export const recoveryCodeEnrolment: WebEnrolment<'recovery-code'> = { Enrol, answer: () => ({ saved: true }) }
