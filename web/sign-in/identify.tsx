import { type InputEvent, type RefObject, useRef, useState } from 'react'
import type { BuiltFactor, Answer as Given } from '#shared/factors/index.ts'
import type { Challenge, View } from '#shared/wire/view.ts'
import type { WebFactor } from '../factors/contract/factor.ts'
import { ManagedPassword } from '../factors/password/managed-field.tsx'
import { webFactors } from '../factors/registry.ts'
import { Text, useText } from '../text/text.tsx'
import { mistakeIn } from '../text/titles.ts'
import { Field } from '../ui/form/field.tsx'
import { RefusalText } from '../ui/form/refusal-text.tsx'
import { Heading } from '../ui/frame/heading.tsx'
import { ActionForm, Cancel } from './form.tsx'
import type { SignInModel } from './use-sign-in.ts'

interface Props {
  readonly view: Extract<View, { at: 'identify' }>
  readonly signIn: SignInModel
  readonly prefilled: RefObject<string>
}

export function Identify({ view, signIn, prefilled }: Props) {
  const say = useText()
  const mistake = mistakeIn(view)
  const managed = useRef<HTMLInputElement>(null)
  const fieldsOf = (form: FormData) => {
    const username = String(form.get('username') ?? '')
    const password = managed.current?.value ?? ''
    // Where another step is next, the password waits here for its own.
    prefilled.current = password
    return password ? { username, answer: { password } } : { username }
  }
  /** A filled password belongs to the name that was filled with it: whoever types another name has not given one. */
  const forgetFilled = ({ nativeEvent }: InputEvent<HTMLInputElement>) => {
    const isTyped = /^(insert(?!ReplacementText)|delete)/.test(nativeEvent.inputType ?? '')
    if (isTyped && managed.current) managed.current.value = ''
  }
  return (
    <>
      <Heading>{say('identify.title')}</Heading>
      <p className="sub">
        <Text id="identify.for" values={{ client: view.client }} parts={[<strong key="client" />]} />
      </p>
      <RefusalText refusal={mistake} />
      <ActionForm key={signIn.tries} view={view} signIn={signIn} action="identify" fieldsOf={fieldsOf}>
        <Field label={say('identify.username')} refusal={mistake?.code === 'bad-username' ? mistake : null} autoFocus>
          {(control) => (
            <input
              {...control}
              className="input"
              name="username"
              type="text"
              autoComplete="username webauthn"
              autoCapitalize="none"
              autoCorrect="off"
              spellCheck={false}
              required
              maxLength={256}
              defaultValue={view.username}
              onInput={forgetFilled}
            />
          )}
        </Field>
        <ManagedPassword field={managed} />
        <button className="button" type="submit" aria-busy={signIn.busy || undefined}>
          {say('identify.submit')}
        </button>
      </ActionForm>
      {view.usernameless.map((challenge) => (
        <Beside key={challenge.factor} challenge={challenge} view={view} signIn={signIn} />
      ))}
      <Cancel view={view} signIn={signIn} />
    </>
  )
}

/** A usernameless challenge, whose answer names the person. */
function Beside({ challenge, view, signIn }: Omit<Props, 'prefilled'> & { readonly challenge: Challenge }) {
  const { Beside: Offer }: WebFactor<BuiltFactor> = webFactors[challenge.factor]
  const [last, setLast] = useState<Given<BuiltFactor> | null>(null)
  const mistake = mistakeIn(view)
  if (!Offer) return null
  return (
    <Offer
      prompt={challenge.prompt}
      refusal={mistake}
      refused={mistake ? last : null}
      busy={signIn.busy}
      door={challenge.answerUrl}
      give={(answer) =>
        void signIn.ask('answer', async () => {
          const given = await answer()
          if ('unanswered' in given) return given
          setLast(given)
          return { challenge: challenge.id, answer: given }
        })
      }
    />
  )
}
