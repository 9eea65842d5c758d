import type { WebEnrolment } from '../../enrol/factor.ts'
import { useText } from '../../i18n.tsx'

function Enrol() {
  const say = useText()
  return <p>{say('enrol.smartcard.how')}</p>
}

export const enrolment: WebEnrolment<'smartcard'> = { Enrol }
