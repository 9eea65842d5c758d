import { useText } from '../../text/text.tsx'
import { CodeField, digitsOf } from '../../ui/form/code-field.tsx'
import type { ChallengeProps, WebFactor } from '../contract/factor.ts'

function Challenge({ prompt: { digits }, username, refusal, refused }: ChallengeProps<'totp'>) {
  const say = useText()
  return (
    <CodeField
      label={say('factor.totp.field', { digits: digits ?? 'any', username })}
      lengths={digits === null ? [6, 8] : [digits]}
      refusal={refusal}
      refused={refused?.code ?? null}
    />
  )
}

export const totp: WebFactor<'totp'> = {
  icon: 'M10 2h4M12 14l3-3M20 14a8 8 0 1 1-16 0 8 8 0 0 1 16 0z',
  Challenge,
  answer: (fields) => ({ code: digitsOf(String(fields.get('code') ?? '')) }),
}
