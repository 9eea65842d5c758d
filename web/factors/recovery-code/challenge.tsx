import { useText } from '../../text/text.tsx'
import { CodeField, digitsOf } from '../../ui/form/code-field.tsx'
import type { ChallengeProps, WebFactor } from '../contract/factor.ts'

const symbols = 16

function Challenge({ prompt: { left }, refusal, refused }: ChallengeProps<'recovery-code'>) {
  const say = useText()
  return (
    <>
      <p className="sub">{say('factor.recovery-code.left', { left: left ?? 'unknown', count: left ?? 0 })}</p>
      <CodeField
        letters
        label={say('factor.recovery-code.field')}
        lengths={[symbols]}
        refusal={refusal}
        refused={refused?.code ?? null}
      />
    </>
  )
}

export const recoveryCode: WebFactor<'recovery-code'> = {
  icon: 'M12 2a10 10 0 1 0 0 20 10 10 0 1 0 0-20zM12 8a4 4 0 1 0 0 8 4 4 0 1 0 0-8zM4.9 4.9l4.3 4.3M14.8 9.2l4.3-4.3M14.8 14.8l4.3 4.3M9.2 14.8l-4.3 4.3',
  Challenge,
  answer: (fields) => ({ code: digitsOf(String(fields.get('code') ?? '')) }),
}
