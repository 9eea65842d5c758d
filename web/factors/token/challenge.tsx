import { useText } from '../../text/text.tsx'
import { CodeField, digitsOf } from '../../ui/form/code-field.tsx'
import type { ChallengeProps, WebFactor } from '../contract/factor.ts'

function Challenge({ prompt: { digits, following }, username, refusal, refused }: ChallengeProps<'token'>) {
  const say = useText()
  return (
    <>
      {following && <p role="status">{say('factor.token.following')}</p>}
      <CodeField
        label={say('factor.token.field', { digits: digits ?? 'any', username })}
        lengths={digits === null ? [6, 8] : [digits]}
        refusal={refusal}
        refused={refused?.code ?? null}
      />
    </>
  )
}

export const token: WebFactor<'token'> = {
  icon: 'M3 8h18v8H3zM6 11h7v2H6zM17.5 12h.01',
  Challenge,
  answer: (fields) => ({ code: digitsOf(String(fields.get('code') ?? '')) }),
}
