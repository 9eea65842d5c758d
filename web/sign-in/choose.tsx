import type { Method, View } from '#shared/wire/view.ts'
import { webFactors } from '../factors/registry.ts'
import { useText } from '../text/text.tsx'
import { mistakeIn } from '../text/titles.ts'
import { Icon } from '../ui/door/icon.tsx'
import { Reason, RefusalText } from '../ui/form/refusal-text.tsx'
import { ActionForm, Cancel } from './form.tsx'
import { PersonLine } from './person.tsx'
import { StepHeading } from './step-heading.tsx'
import type { SignInModel } from './use-sign-in.ts'
import './choose.css'

interface Props {
  readonly view: Extract<View, { at: 'choose' }>
  readonly signIn: SignInModel
}

/** The choice between a step's methods. A locked method says until when, and can be chosen again after that. */
export function Choose({ view, signIn }: Props) {
  const say = useText()
  return (
    <>
      <StepHeading signIn={signIn}>{say('choose.title')}</StepHeading>
      <PersonLine view={view} signIn={signIn} />
      <RefusalText refusal={mistakeIn(view)} />
      <ul className="methods">
        {view.methods.map((method) => (
          <li key={`${method.factor} ${method.authenticator}`}>
            <Way method={method} view={view} signIn={signIn} />
          </li>
        ))}
      </ul>
      <Cancel view={view} signIn={signIn} />
    </>
  )
}

function Way({ method, view, signIn }: Props & { readonly method: Method }) {
  const say = useText()
  const { factor, authenticator, label, lastUsed, lockedUntil } = method
  const chosen = { factor, ...(authenticator ? { authenticator } : {}) }
  return (
    <ActionForm view={view} signIn={signIn} action="challenge" fieldsOf={() => chosen} hidden={chosen}>
      <button className="method" type="submit">
        <Icon path={webFactors[factor].icon} />
        <span className="method-name">
          {say(`factor.${factor}.method`)}
          <span className="method-detail">{label ? <bdi>{label}</bdi> : say(`factor.${factor}.detail`)}</span>
          {lockedUntil && (
            <span className="method-locked">
              <Reason refusal={{ code: 'locked', until: lockedUntil }} />
            </span>
          )}
        </span>
        {lastUsed && <span className="tag">{say('choose.last-used')}</span>}
      </button>
    </ActionForm>
  )
}
