import type { RefObject } from 'react'
import type { View } from '#shared/view.ts'
import { Text, useText } from '../i18n.tsx'
import { mistakeIn } from '../titles.ts'
import { Heading } from '../ui/heading.tsx'
import { ActionForm, Cancel } from './form.tsx'
import { RefusalText } from './refusal.tsx'
import type { SignIn } from './use-sign-in.ts'

interface Props {
  readonly view: Extract<View, { at: 'identify' }>
  readonly signIn: SignIn
  readonly prefilled: RefObject<string>
}

export function Identify({ view, signIn, prefilled }: Props) {
  const say = useText()
  const mistake = mistakeIn(view)
  const fieldsOf = (form: FormData) => {
    prefilled.current = document.querySelector<HTMLInputElement>('#managed-password')?.value ?? ''
    return { username: String(form.get('username') ?? '') }
  }
  return (
    <>
      <Heading>{say('identify.title')}</Heading>
      <p className="sub">
        <Text id="identify.for" values={{ client: view.client }} parts={[<strong key="client" />]} />
      </p>
      <RefusalText refusal={mistake} />
      <ActionForm key={signIn.tries} view={view} signIn={signIn} action="identify" fieldsOf={fieldsOf}>
        <div className="field">
          <div className="field-head">
            <label htmlFor="username">{say('identify.username')}</label>
          </div>
          <input
            className="input"
            id="username"
            name="username"
            type="text"
            autoComplete="username webauthn"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            autoFocus
            required
            maxLength={256}
            defaultValue={view.username}
            aria-invalid={mistake ? true : undefined}
            aria-describedby="refusal"
          />
        </div>
        {/* Without a name it is never sent; password managers see a form they know, and its value is carried on. */}
        <input
          className="unseen"
          id="managed-password"
          type="password"
          autoComplete="current-password"
          tabIndex={-1}
          aria-hidden
        />
        <button className="button" type="submit" aria-busy={signIn.busy}>
          {say('identify.submit')}
        </button>
      </ActionForm>
      <Cancel view={view} signIn={signIn} />
    </>
  )
}
