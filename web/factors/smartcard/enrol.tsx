import { useText } from '../../text/text.tsx'
import type { EnrolProps, WebEnrolment } from '../contract/enrolment.ts'

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' })

function Enrol({ prompt: { card } }: EnrolProps<'smartcard'>) {
  const say = useText()
  if (!card) return <p>{say('enrol.smartcard.how')}</p>
  const rows = [
    ['enrol.smartcard.name', card.name ?? '–'],
    ['enrol.smartcard.issuer', card.issuer ?? '–'],
    ['enrol.smartcard.serial', `…${card.serial}`],
    ['enrol.smartcard.until', day.format(new Date(card.until))],
  ] as const
  return (
    <dl className="shown-card">
      {rows.map(([term, value]) => (
        <div key={term}>
          <dt>{say(term)}</dt>
          <dd>
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  )
}

export const smartcardEnrolment: WebEnrolment<'smartcard'> = { Enrol, answer: () => ({ yes: true }) }
