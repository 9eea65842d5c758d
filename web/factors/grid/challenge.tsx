import { useText } from '../../text/text.tsx'
import type { ChallengeProps, WebFactor } from '../contract/factor.ts'
import { DigitsField } from './field.tsx'
import { Digits } from './table.tsx'

function Challenge({ prompt: { rows }, username, refusal }: ChallengeProps<'grid'>) {
  const say = useText()
  return (
    <>
      <p className="sub">{say('factor.grid.how')}</p>
      <Digits rows={rows} />
      <DigitsField label={say('factor.grid.field', { username })} refusal={refusal} />
    </>
  )
}

export const grid: WebFactor<'grid'> = {
  icon: 'M4 4h16v16H4zM4 9.3h16M4 14.7h16M9.3 4v16M14.7 4v16',
  again: 'factor.grid.again',
  anew: 'factor.grid.anew',
  Challenge,
  answer: (fields) => ({ digits: String(fields.get('digits') ?? '') }),
}
