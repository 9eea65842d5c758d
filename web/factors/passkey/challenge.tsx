import { useEffect, useState } from 'react'
import type { Answer, Prompt } from '#shared/factors/index.ts'
import type { Refusal } from '#shared/refusal.ts'
import { useHydrated } from '../../text/hydrated.ts'
import { useText } from '../../text/text.tsx'
import { Icon } from '../../ui/door/icon.tsx'
import type { BesideProps, ChallengeProps, WebFactor } from '../contract/factor.ts'
import { ceremonyAsking, useCeremony, withCeremony } from './load.ts'

const icon =
  'M10 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM2 21a8 8 0 0 1 11-7.4M18 16v6l2-1.5M18 16a3 3 0 1 0 0-6 3 3 0 0 0 0 6z'

const usable = () => typeof PublicKeyCredential === 'function'
const use = (prompt: Prompt<'passkey'>) => ceremonyAsking<Answer<'passkey'>>((loaded) => loaded.use(prompt))

interface Refused {
  readonly rpId: string
  readonly refusal: Refusal | null
  readonly refused: Answer<'passkey'> | null
}

/** Has the browser stop offering a passkey that the server does not know, and says so when it could. */
function Forgotten({ rpId, refusal, refused }: Refused) {
  const say = useText()
  const [forgotten, setForgotten] = useState(false)
  const unknown = refusal?.code === 'unknown-passkey' ? (refused?.id ?? null) : null
  useEffect(() => {
    if (unknown) withCeremony(async ({ forget }) => setForgotten(await forget(rpId, unknown)))
  }, [rpId, unknown])
  return (
    <p className="hint" role="status">
      {forgotten && unknown && say('factor.passkey.forgotten')}
    </p>
  )
}

function Challenge({ prompt: { rpId }, refusal, refused }: ChallengeProps<'passkey'>) {
  const say = useText()
  useCeremony()
  return (
    <>
      <p>{say('factor.passkey.explain')}</p>
      <Forgotten rpId={rpId} refusal={refusal} refused={refused} />
    </>
  )
}

/** The usernameless passkey: among the suggestions of the name field, and as a button. */
function Beside({ prompt, refusal, refused, busy, give }: BesideProps<'passkey'>) {
  const say = useText()
  const hydrated = useHydrated()
  useCeremony()
  // biome-ignore lint/correctness/useExhaustiveDependencies: offered anew when the dialog was left, and for another challenge
  useEffect(() => {
    if (busy || !usable()) return
    let gone = false
    const take = (answer: Answer<'passkey'> | null) => {
      if (answer && !gone) give(async () => answer)
    }
    withCeremony(({ offer }) => (gone ? null : offer(prompt).then(take)))
    return () => {
      gone = true
      withCeremony(({ abortCeremony }) => abortCeremony())
    }
  }, [prompt.challenge, busy])
  if (hydrated && !usable()) return null
  return (
    <>
      <button type="button" className="button quiet" disabled={!hydrated} onClick={() => give(() => use(prompt))}>
        <Icon path={icon} />
        {say('factor.passkey.beside')}
      </button>
      <Forgotten rpId={prompt.rpId} refusal={refusal} refused={refused} />
    </>
  )
}

export const passkey: WebFactor<'passkey'> = {
  icon,
  Challenge,
  answer: (_, prompt) => use(prompt),
  unusable: () => (usable() ? null : 'factor.passkey.unusable'),
  Beside,
  hear: (told) => withCeremony(({ tell }) => tell(told)),
}
