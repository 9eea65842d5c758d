import type { View } from '#shared/wire/view.ts'
import { Text, useText } from '../text/text.tsx'
import { ActionForm } from './form.tsx'
import { StepHeading } from './step-heading.tsx'
import type { SignInModel } from './use-sign-in.ts'

type Props<At extends View['at']> = { view: Extract<View, { at: At }>; signIn: SignInModel }

/** The confirmation of the account to go on with. */
export function ConfirmAccount({ view, signIn }: Props<'account'>) {
  const say = useText()
  const { client, person, username } = view
  return (
    <>
      <StepHeading signIn={signIn}>{say('account.title')}</StepHeading>
      <p className="sub">
        <Text
          id="account.text"
          values={{ client, username }}
          parts={[<strong key="client" />, <strong key="username" />]}
        />
      </p>
      <ActionForm view={view} signIn={signIn} action="agree">
        <button className="button" type="submit">
          {say('account.continue', { person })}
        </button>
      </ActionForm>
      <ActionForm view={view} signIn={signIn} action="restart">
        <button className="button quiet" type="submit">
          {say('elsewhere.other')}
        </button>
      </ActionForm>
    </>
  )
}

const told = ['openid', 'profile', 'email', 'groups'] as const
const isTold = (scope: string): scope is (typeof told)[number] => told.some((one) => one === scope)

/** The consent to what a third party's client may know and do. */
export function ConfirmConsent({ view, signIn }: Props<'consent'>) {
  const say = useText()
  const { client, person, scopes, apis } = view
  return (
    <>
      <StepHeading signIn={signIn}>{say('consent.title')}</StepHeading>
      <p className="sub">
        <Text
          id="consent.text"
          values={{ client, person }}
          parts={[<strong key="client" />, <strong key="person" />]}
        />
      </p>
      <ul>
        {scopes.map((scope) => (
          <li key={scope}>
            {isTold(scope) ? (
              say(`consent.${scope}`)
            ) : (
              <Text id="consent.other" values={{ scope }} parts={[<code key="scope" />]} />
            )}
          </li>
        ))}
        {apis.flatMap(({ resource, scopes }) => [
          <li key={resource}>
            <Text id="consent.api" values={{ api: resource }} parts={[<code key="api" />]} />
          </li>,
          ...scopes.map((scope) => (
            <li key={`${resource} ${scope}`}>
              <Text
                id="consent.atApi"
                values={{ scope, api: resource }}
                parts={[<code key="scope" />, <code key="api" />]}
              />
            </li>
          )),
        ])}
      </ul>
      <ActionForm view={view} signIn={signIn} action="agree">
        <button className="button" type="submit">
          {say('consent.allow')}
        </button>
      </ActionForm>
      <ActionForm view={view} signIn={signIn} action="cancel">
        <button className="button quiet" type="submit">
          {say('consent.deny')}
        </button>
      </ActionForm>
    </>
  )
}
