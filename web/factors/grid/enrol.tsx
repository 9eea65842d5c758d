import { useState } from 'react'
import { useText } from '../../text/text.tsx'
import type { EnrolProps, WebEnrolment } from '../contract/enrolment.ts'
import { DigitsField } from './field.tsx'
import { Digits, GridTable } from './table.tsx'

function Enrol({ prompt, refusal }: EnrolProps<'grid'>) {
  const say = useText()
  if (prompt.at === 'choose') return <Choosing />
  return (
    <>
      <p>{say('enrol.grid.try')}</p>
      <Digits rows={prompt.rows} />
      <DigitsField label={say('enrol.grid.field')} refusal={refusal} />
    </>
  )
}

/** The choice of a pattern: cells are pressed in reading order; a cell pressed again is taken out. */
function Choosing() {
  const say = useText()
  const [pattern, setPattern] = useState<readonly number[]>([])
  const toggle = (place: number) =>
    setPattern((before) => (before.includes(place) ? before.filter((one) => one !== place) : [...before, place]))
  return (
    <>
      <p>{say('enrol.grid.choose')}</p>
      <GridTable
        cell={(place, name) => {
          const at = pattern.indexOf(place) + 1
          return (
            <button
              type="button"
              aria-pressed={at > 0}
              aria-label={at > 0 ? say('enrol.grid.chosen', { name, at }) : name}
              onClick={() => toggle(place)}
            >
              {at > 0 ? at : ''}
            </button>
          )
        }}
      />
      <input type="hidden" name="pattern" value={pattern.join(' ')} />
    </>
  )
}

const patternIn = (text: string) => text.split(' ').filter(Boolean).map(Number)

export const gridEnrolment: WebEnrolment<'grid'> = {
  Enrol,
  answer: (fields, { at }) =>
    at === 'choose'
      ? { pattern: patternIn(String(fields.get('pattern') ?? '')) }
      : { digits: String(fields.get('digits') ?? '') },
}
