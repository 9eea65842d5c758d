import { useEffect } from 'react'
import type { View } from '#shared/wire/view.ts'
import { useText } from '../text/text.tsx'
import { ActionForm, Cancel } from './form.tsx'
import { StepHeading } from './step-heading.tsx'
import type { SignInModel } from './use-sign-in.ts'

interface Props {
  readonly view: Extract<View, { at: 'returning' }>
  readonly signIn: SignInModel
}

/** The return from a handoff: posts the answer by itself, or by a button without a script. */
export function Returning({ view, signIn }: Props) {
  const say = useText()
  const { challenge, answer } = view
  const { submit } = signIn
  const fields = { challenge, returned: answer }
  useEffect(() => {
    history.replaceState(history.state, '', location.pathname)
    void submit('answer', { challenge, answer: { returned: answer } })
  }, [challenge, answer, submit])
  return (
    <>
      <StepHeading signIn={signIn}>{say('returning.title')}</StepHeading>
      <p className="sub">{say('returning.text')}</p>
      <ActionForm
        view={view}
        signIn={signIn}
        action="answer"
        fieldsOf={() => ({ challenge, answer: { returned: answer } })}
        hidden={fields}
      >
        <button className="button" type="submit" aria-busy={signIn.busy}>
          {say('returning.go-on')}
        </button>
      </ActionForm>
      <Cancel view={view} signIn={signIn} />
    </>
  )
}
