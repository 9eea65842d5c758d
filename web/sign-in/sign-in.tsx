import { lazy, Suspense, useEffect, useRef } from 'react'
import type { View } from '#shared/view.ts'
import { useText } from '../text/text.tsx'
import { titleOf } from '../text/titles.ts'
import { Boundary } from '../ui/frame/boundary.tsx'
import { Card } from '../ui/frame/card.tsx'
import { Account, Consent } from './agree.tsx'
import { Answer } from './answer.tsx'
import { BrokenStep } from './broken-step.tsx'
import { Choose } from './choose.tsx'
import { Elsewhere, Finished, Refused } from './ends.tsx'
import { Identify } from './identify.tsx'
import { Notices } from './notices.tsx'
import { Over } from './over.tsx'
import { Returning } from './returning.tsx'
import { type SignIn, useSignIn } from './use-sign-in.ts'

const EnrolDoor = lazy(() => import('./enrol-door.tsx'))

/** Room 4, the window: shows the view that the server gave, and sends what the person does. */
export function SignInPage({ first }: { first: View }) {
  const signIn = useSignIn(first)
  const { view } = signIn
  const prefilled = useRef('')
  const body = useRef<HTMLDivElement>(null)
  useFocusOnChange(signIn, body)

  return (
    <Card doors={'doors' in view ? view.doors : []}>
      <div ref={body}>
        <Notices signIn={signIn} />
        <Boundary of={view} instead={<BrokenStep view={view} />}>
          {view.at === 'returning' && <Returning view={view} signIn={signIn} />}
          {view.at === 'identify' && <Identify view={view} signIn={signIn} prefilled={prefilled} />}
          {view.at === 'answer' && <Answer key={stepOf(view)} view={view} signIn={signIn} prefilled={prefilled} />}
          {view.at === 'choose' && <Choose view={view} signIn={signIn} />}
          {view.at === 'enrol' && (
            <Suspense>
              <EnrolDoor view={view} signIn={signIn} />
            </Suspense>
          )}
          {view.at === 'account' && <Account view={view} signIn={signIn} />}
          {view.at === 'consent' && <Consent view={view} signIn={signIn} />}
          {view.at === 'elsewhere' && <Elsewhere view={view} signIn={signIn} />}
          {view.at === 'refused' && <Refused view={view} signIn={signIn} />}
          {view.at === 'done' && <Finished view={view} />}
          {view.at === 'over' && <Over view={view} />}
        </Boundary>
      </div>
    </Card>
  )
}

/** What is asked; a challenge that was opened anew asks the same. */
const stepOf = (view: View) =>
  view.at === 'answer' ? `answer ${view.challenge.factor} ${view.challenge.authenticator}` : view.at

/** A step that changes is a page that loads: its title, then its field, or else its heading. */
function useFocusOnChange({ view, tries }: SignIn, body: React.RefObject<HTMLDivElement | null>) {
  const say = useText()
  const step = `${stepOf(view)} ${tries}`
  const shown = useRef(step)
  useEffect(() => {
    document.title = titleOf(view, say)
    if (shown.current === step) return
    shown.current = step
    const field = body.current?.querySelector<HTMLInputElement>('.input')
    if (field) {
      field.focus()
      field.select()
    } else body.current?.querySelector('h1')?.focus()
  }, [view, step, say, body])
}
