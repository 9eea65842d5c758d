import { useLingui } from '@lingui/react'
import { type ReactNode, useState } from 'react'
import type { EnrollableFactor } from '#shared/factors/index.ts'
import type { View } from '#shared/wire/view.ts'
import { webFactors } from '../factors/registry.ts'
import { Text, Translated, useText } from '../text/text.tsx'
import { mistakeIn } from '../text/titles.ts'
import { Icon } from '../ui/door/icon.tsx'
import { RefusalText } from '../ui/form/refusal-text.tsx'
import { ActionForm, Cancel } from './form.tsx'
import { PersonLine } from './person.tsx'
import { StepHeading } from './step-heading.tsx'
import type { SignInModel } from './use-sign-in.ts'
import './choose.css'
import { Questioned } from '../enrol/question.tsx'
import { enrolTexts } from '../enrol/texts.ts'
import type { WebEnrolment } from '../factors/contract/enrolment.ts'
import { webEnrolments } from '../factors/enrolments.ts'

interface Props {
  readonly view: Extract<View, { at: 'enrol' }>
  readonly signIn: SignInModel
}

/** The enrolment step of a sign-in, with its texts. */
export default function EnrolDoor(props: Props) {
  return (
    <Translated locale={useLingui().i18n.locale} more={enrolTexts}>
      <Door {...props} />
    </Translated>
  )
}

function Door({ view, signIn }: Props) {
  const say = useText()
  const [label, setLabel] = useState('')
  const { question, client, factors } = view
  const refusal = mistakeIn(view)
  const again = question && (webEnrolments[question.factor] as WebEnrolment<EnrollableFactor>).again?.(question.prompt)
  const others = factors.filter((factor) => factor !== question?.factor)
  return (
    <>
      <StepHeading signIn={signIn}>{say(question ? `enrol.${question.factor}.title` : 'enrol.title')}</StepHeading>
      <PersonLine view={view} signIn={signIn} />
      {!question && (
        <p className="sub">
          <Text id={`enrol.because.${view.because}`} values={{ client }} parts={[<strong key="client" />]} />
        </p>
      )}
      <RefusalText refusal={refusal} />
      {question && (
        <Questioned
          key={signIn.tries}
          question={question}
          refusal={refusal}
          busy={signIn.busy}
          label={label}
          changeLabel={setLabel}
          submit={(answer) => signIn.submit('enrol', { answer, label })}
        />
      )}
      {others.length > 0 && (
        <ul className="methods">
          {others.map((factor) => (
            <li key={factor}>
              <Begin factor={factor} view={view} signIn={signIn}>
                <button className="method" type="submit">
                  <Icon path={webFactors[factor].icon} />
                  <span className="method-name">{say(`enrol.${factor}.title`)}</span>
                </button>
              </Begin>
            </li>
          ))}
        </ul>
      )}
      <Cancel view={view} signIn={signIn}>
        {question && again && (
          <Begin factor={question.factor} view={view} signIn={signIn}>
            <button className="link" type="submit">
              {say(again)}
            </button>
          </Begin>
        )}
      </Cancel>
    </>
  )
}

function Begin({
  factor,
  children,
  ...page
}: Props & { readonly factor: EnrollableFactor; readonly children: ReactNode }) {
  return (
    <ActionForm {...page} action="enrol" fieldsOf={() => ({ factor })} hidden={{ factor }}>
      {children}
    </ActionForm>
  )
}
