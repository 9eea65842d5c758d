import { type KeyboardEvent, useCallback, useState } from 'react'
import { useHydrated } from '../../text/hydrated.ts'
import { useText } from '../../text/text.tsx'
import { Field } from '../../ui/form/field.tsx'
import type { ChallengeProps, WebFactor } from '../contract/factor.ts'

function Challenge({ username, refusal, prefilled }: ChallengeProps<'password'>) {
  const say = useText()
  const hydrated = useHydrated()
  const [shown, setShown] = useState(false)
  const [capsLock, setCapsLock] = useState(false)
  const hideWhenSent = useCallback((field: HTMLInputElement | null) => {
    const hide = () => setShown(false)
    field?.form?.addEventListener('submit', hide)
    return () => field?.form?.removeEventListener('submit', hide)
  }, [])
  const noticeCapsLock = (event: KeyboardEvent) => {
    if (/^\p{L}$/u.test(event.key) || event.key === 'CapsLock') setCapsLock(event.getModifierState('CapsLock'))
  }
  return (
    <>
      {/* The username, for password managers (Chromium's "password form styles"). */}
      <input
        ref={hideWhenSent}
        className="unseen"
        type="text"
        autoComplete="username"
        value={username}
        readOnly
        tabIndex={-1}
        aria-hidden
      />
      <Field
        label={say('factor.password.field')}
        refusal={refusal}
        status={capsLock ? say('factor.password.caps-lock') : null}
        autoFocus
        aside={
          hydrated && (
            <button
              type="button"
              className="link"
              aria-pressed={shown}
              aria-label={say('factor.password.show')}
              onClick={() => setShown(!shown)}
            >
              {say('factor.password.show-short')}
            </button>
          )
        }
      >
        {(control) => (
          <input
            {...control}
            className="input"
            name="password"
            type={shown ? 'text' : 'password'}
            autoComplete="current-password"
            autoCapitalize="none"
            spellCheck={false}
            required
            defaultValue={prefilled}
            onKeyUp={noticeCapsLock}
          />
        )}
      </Field>
    </>
  )
}

export const password: WebFactor<'password'> = {
  icon: 'M2 6h20v12H2zM12 12h.01M17 12h.01M7 12h.01',
  Challenge,
  answer: (fields) => ({ password: String(fields.get('password') ?? '') }),
}
