import { useEffect } from 'react'
import { useText } from '../../text/text.tsx'
import type { EnrolProps, WebEnrolment } from '../contract/enrolment.ts'
import { ceremonyAsking, useCeremony, withCeremony } from './load.ts'

function Enrol({ prompt: { rp }, refusal }: EnrolProps<'passkey'>) {
  const say = useText()
  useCeremony()
  const isRefused = refusal?.code === 'wrong-passkey' || refusal?.code === 'unsafe-passkey'
  useEffect(() => {
    if (isRefused) withCeremony(({ forgetMade }) => forgetMade(rp.id))
  }, [isRefused, rp.id])
  return <p>{say('enrol.passkey.explain')}</p>
}

export const passkeyEnrolment: WebEnrolment<'passkey'> = {
  Enrol,
  answer: (_, prompt) => ceremonyAsking(({ make }) => make(prompt)),
}
