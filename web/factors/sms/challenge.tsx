import { Text, useText } from '../../text/text.tsx'
import { CodeField, digitsOf } from '../../ui/form/code-field.tsx'
import type { ChallengeProps, WebFactor } from '../contract/factor.ts'
import { useTextedCode } from './web-otp.ts'

function Challenge({ prompt: { ending }, username, refusal, refused }: ChallengeProps<'sms'>) {
  const say = useText()
  return (
    <div ref={useTextedCode()}>
      <p className="sub">
        <Text id="factor.sms.sent" values={{ ending }} parts={[<bdi key="ending" />]} />
      </p>
      <CodeField
        label={say('factor.sms.field', { username })}
        lengths={[6]}
        refusal={refusal}
        refused={refused?.code ?? null}
      />
    </div>
  )
}

export const sms: WebFactor<'sms'> = {
  icon: 'M4 4h16v12H9l-5 4zM8 9h8M8 12h5',
  again: 'factor.sms.again',
  anew: 'factor.sms.anew',
  last: 'factor.sms.last',
  againAt: ({ resendAt }) => resendAt,
  Challenge,
  answer: (fields) => ({ code: digitsOf(String(fields.get('code') ?? '')) }),
}
