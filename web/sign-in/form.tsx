import type { ReactNode } from 'react'
import type { SignInView } from '#shared/wire/view.ts'
import { useText } from '../text/text.tsx'
import { type Action, actionPath } from './api.ts'
import type { SignInModel } from './use-sign-in.ts'

interface Props {
  readonly view: SignInView
  readonly signIn: SignInModel
  readonly action: Action
  /** The fields that the script sends; without the script, the browser sends the form's own fields. */
  readonly fieldsOf?: (form: FormData) => object | Promise<object>
  readonly hidden?: Readonly<Record<string, string>>
  readonly id?: string
  readonly children?: ReactNode
}

/** A form of an action: posted by the browser until the script runs, and by the script from then on. */
export function ActionForm({ view, signIn, action, fieldsOf = () => ({}), hidden = {}, id, children }: Props) {
  return (
    <form
      id={id}
      method="post"
      action={actionPath(view, action)}
      onSubmit={(event) => {
        event.preventDefault()
        const form = new FormData(event.currentTarget)
        void signIn.ask(action, () => fieldsOf(form))
      }}
    >
      <input type="hidden" name="revision" value={view.revision} />
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {children}
    </form>
  )
}

/** The row under every step: other ways on, and the button that cancels. */
export function Cancel({ view, signIn, children }: Pick<Props, 'view' | 'signIn' | 'children'>) {
  const say = useText()
  return (
    <div className="row">
      {children}
      <ActionForm view={view} signIn={signIn} action="cancel">
        <button className="link" type="submit">
          {say('answer.cancel')}
        </button>
      </ActionForm>
    </div>
  )
}
