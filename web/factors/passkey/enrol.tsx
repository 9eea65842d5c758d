import { useEffect } from 'react'
import type { WebEnrolment } from '../../enrol/factor.ts'
import { useText } from '../../i18n.tsx'

const ceremony = () => import('./ceremony.ts')

function Enrol() {
  const say = useText()
  useEffect(() => {
    void ceremony()
    return () => void ceremony().then(({ leave }) => leave())
  }, [])
  return <p>{say('enrol.passkey.explain')}</p>
}

export const enrolment: WebEnrolment<'passkey'> = {
  Enrol,
  answer: async (_, prompt) => (await ceremony()).make(prompt),
}
