import type { View } from '#shared/wire/view.ts'
import { Text, useText } from '../text/text.tsx'
import { Heading } from '../ui/frame/heading.tsx'
import { ActionForm } from './form.tsx'
import { StepHeading } from './step-heading.tsx'
import type { SignInModel } from './use-sign-in.ts'

type Of<At extends View['at']> = Extract<View, { at: At }>

/** The step after somebody has signed in in another tab meanwhile. */
export function Elsewhere({ view, signIn }: { view: Of<'elsewhere'>; signIn: SignInModel }) {
  const say = useText()
  const { client, person, goTo } = view
  return (
    <>
      <StepHeading signIn={signIn}>{say('elsewhere.title')}</StepHeading>
      <p className="sub">
        <Text
          id="elsewhere.text"
          values={{ client, person }}
          parts={[<strong key="client" />, <strong key="person" />]}
        />
      </p>
      <a className="button" href={goTo}>
        {say('elsewhere.continue', { person })}
      </a>
      <ActionForm view={view} signIn={signIn} action="restart">
        <button className="button quiet" type="submit">
          {say('elsewhere.other')}
        </button>
      </ActionForm>
    </>
  )
}

export function SignInFinished({ view }: { view: Of<'done'> }) {
  const say = useText()
  const { client, goTo } = view
  return (
    <>
      <Heading>{say('done.title')}</Heading>
      <p className="sub">
        <Text id="done.text" values={{ client }} parts={[<strong key="client" />]} />
      </p>
      <a className="button" href={goTo}>
        {say('done.continue', { client })}
      </a>
    </>
  )
}

/** The end of a sign-in whose policy the person cannot meet; cancelling reports that to the relying party. */
export function SignInRefused({ view, signIn }: { view: Of<'refused'>; signIn: SignInModel }) {
  const say = useText()
  const { client, why, missing } = view
  const reason = why === 'unmet' || why === 'wrong-person' || why === 'not-enrolled' ? why : 'denied'
  return (
    <>
      <StepHeading signIn={signIn}>{say('refused.title')}</StepHeading>
      <p className="sub">
        <Text id={`refused.${reason}`} values={{ client }} parts={[<strong key="client" />]} />
      </p>
      {missing.length > 0 && (
        <ul>
          {missing.map((factor) => (
            <li key={factor}>{say(`door.${factor}`)}</li>
          ))}
        </ul>
      )}
      <ActionForm view={view} signIn={signIn} action="cancel">
        <button className="button" type="submit">
          {say('refused.back', { client })}
        </button>
      </ActionForm>
    </>
  )
}
