import { lazy, Suspense, useEffect, useRef } from 'react'
import type { DoorView, View } from '#shared/wire/view.ts'
import { type Say, useText } from '../text/text.tsx'
import { titleOf } from '../text/titles.ts'
import { RefusalScope } from '../ui/form/refusal-text.tsx'
import { Boundary } from '../ui/frame/boundary.tsx'
import { PageCard } from '../ui/frame/card.tsx'
import { AnswerStep } from './answer.tsx'
import { BrokenStep } from './broken-step.tsx'
import { Choose } from './choose.tsx'
import { ConfirmAccount, ConfirmConsent } from './confirm.tsx'
import { Elsewhere, SignInFinished, SignInRefused } from './ends.tsx'
import { Identify } from './identify.tsx'
import { Notices } from './notices.tsx'
import { Over } from './over.tsx'
import { Returning } from './returning.tsx'
import { useSignIn } from './use-sign-in.ts'

const EnrolDoor = lazy(() => import('./enrol-door.tsx'))

/** The page of a sign-in: shows the server's view, and sends the person's actions. */
export function SignInPage({ first }: { first: View }) {
  const signIn = useSignIn(first)
  const { view } = signIn
  const prefilled = useRef('')
  const say = useText()
  const doors = 'doors' in view ? view.doors : []
  useEffect(() => {
    document.title = titleOf(view, say)
  }, [view, say])

  return (
    <PageCard doors={doors.map((door) => shownDoor(door, say))}>
      <div>
        <Notices signIn={signIn} />
        <RefusalScope>
          <Boundary of={view} instead={<BrokenStep view={view} />}>
            {view.at === 'returning' && <Returning view={view} signIn={signIn} />}
            {view.at === 'identify' && <Identify view={view} signIn={signIn} prefilled={prefilled} />}
            {view.at === 'answer' && (
              <AnswerStep key={stepOf(view)} view={view} signIn={signIn} prefilled={prefilled} />
            )}
            {view.at === 'choose' && <Choose view={view} signIn={signIn} />}
            {view.at === 'enrol' && (
              <Suspense>
                <EnrolDoor view={view} signIn={signIn} />
              </Suspense>
            )}
            {view.at === 'account' && <ConfirmAccount view={view} signIn={signIn} />}
            {view.at === 'consent' && <ConfirmConsent view={view} signIn={signIn} />}
            {view.at === 'elsewhere' && <Elsewhere view={view} signIn={signIn} />}
            {view.at === 'refused' && <SignInRefused view={view} signIn={signIn} />}
            {view.at === 'done' && <SignInFinished view={view} />}
            {view.at === 'over' && <Over view={view} />}
          </Boundary>
        </RefusalScope>
      </div>
    </PageCard>
  )
}

const shownDoor = ({ label, of, state }: DoorView, say: Say) => ({
  name: say(`door.${label}`, { of }),
  state,
  detail: say(`door.state.${state}`),
})

/** The key of a step: a challenge that was opened anew is the same step. */
const stepOf = (view: View) =>
  view.at === 'answer' ? `answer ${view.challenge.factor} ${view.challenge.authenticator}` : view.at
