import type { WebEnrolment } from '../../enrol/factor.ts'
import { useText } from '../../i18n.tsx'
import { asking, useCeremony } from './load.ts'

function Enrol() {
  const say = useText()
  useCeremony()
  return <p>{say('enrol.passkey.explain')}</p>
}

export const enrolment: WebEnrolment<'passkey'> = {
  Enrol,
  answer: (_, prompt) => asking(({ make }) => make(prompt)),
}
