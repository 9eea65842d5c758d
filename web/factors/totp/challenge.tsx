import { useText } from '../../i18n.tsx'
import { CodeField, plainCode } from '../../ui/code-field.tsx'
import type { ChallengeProps, WebFactor } from '../factor.ts'

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
  Challenge,
  answer: (fields) => ({ code: plainCode(String(fields.get('code') ?? '')) }),
}
