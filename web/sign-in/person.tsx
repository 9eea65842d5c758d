import { useId } from 'react'
import type { SignInView } from '#shared/wire/view.ts'
import { Text, useText } from '../text/text.tsx'
import { ActionForm } from './form.tsx'
import type { SignInModel } from './use-sign-in.ts'

interface Props {
  readonly view: SignInView & { readonly username: string }
  readonly signIn: SignInModel
}

/** The person who is signing in, and the button to be another. */
export function PersonLine({ view, signIn }: Props) {
  const say = useText()
  const form = useId()
  return (
    <>
      <p className="sub">
        <Text id="answer.person" values={{ username: view.username }} parts={[<strong key="username" />]} />{' '}
        <button className="link" type="submit" form={form}>
          {say('answer.not-you')}
        </button>
      </p>
      <ActionForm view={view} signIn={signIn} action="restart" id={form} />
    </>
  )
}
