import { type RefObject, useState } from 'react'
import type { BuiltFactor, Answer as Given } from '#shared/factors/index.ts'
import type { View } from '#shared/wire/view.ts'
import type { WebFactor } from '../factors/contract/factor.ts'
import { webFactors } from '../factors/registry.ts'
import { useHydrated } from '../text/hydrated.ts'
import { Text, useText } from '../text/text.tsx'
import { mistakeIn } from '../text/titles.ts'
import { RefusalText } from '../ui/form/refusal-text.tsx'
import { Again } from './again.tsx'
import { ActionForm, Cancel } from './form.tsx'
import { PersonLine } from './person.tsx'
import { StepHeading } from './step-heading.tsx'
import { usePending } from './use-pending.ts'
import type { SignInModel } from './use-sign-in.ts'

interface Props {
  readonly view: Extract<View, { at: 'answer' }>
  readonly signIn: SignInModel
  readonly prefilled: RefObject<string>
}

/** The open challenge: its factor's fields in the page's form. */
export function AnswerStep({ view, signIn, prefilled }: Props) {
  const say = useText()
  const mistake = mistakeIn(view)
  const { id, factor, prompt, answerUrl: door } = view.challenge
  const chosen = { factor, ...(view.challenge.authenticator ? { authenticator: view.challenge.authenticator } : {}) }
  const { Challenge, answer, again, last: saidLast, unusable, ...web }: WebFactor<BuiltFactor> = webFactors[factor]
  const againAt = web.againAt?.(prompt)
  const isLast = againAt === null
  // A password that was sent with the name, and refused, is not shown again.
  const [filled] = useState(() => (mistake ? '' : prefilled.current))
  const [begun] = useState(signIn.tries)
  const [last, setLast] = useState<Given<BuiltFactor> | null>(null)
  const hydrated = useHydrated()
  const never = hydrated ? unusable?.() : null
  const fieldsOf = async (form: FormData) => {
    prefilled.current = ''
    const given = (await answer?.(form, prompt)) ?? { unanswered: null }
    if ('unanswered' in given) return given
    setLast(given)
    return { challenge: id, answer: given }
  }
  usePending(view, signIn, async () => ({ challenge: id, answer: await answer?.(new FormData(), prompt) }))
  const submit = say(view.challenge.pending ? 'answer.check' : `factor.${factor}.submit`)
  const another = view.canChoose && (
    <ActionForm view={view} signIn={signIn} action="challenge">
      <button className={isLast ? 'button' : 'link'} type="submit">
        {say('answer.another')}
      </button>
    </ActionForm>
  )
  return (
    <>
      <StepHeading signIn={signIn}>{say(`factor.${factor}.title`)}</StepHeading>
      <PersonLine view={view} signIn={signIn} />
      {view.label && (
        <p className="sub">
          <Text id="answer.authenticator" values={{ label: view.label }} parts={[<bdi key="label" />]} />
        </p>
      )}
      <RefusalText refusal={mistake} />
      <ActionForm
        key={signIn.tries}
        view={view}
        signIn={signIn}
        action="answer"
        fieldsOf={fieldsOf}
        hidden={{ challenge: id }}
      >
        <Challenge
          prompt={prompt}
          username={view.username}
          refusal={mistake}
          prefilled={signIn.tries === begun ? filled : ''}
          refused={mistake ? last : null}
        />
        {never ? (
          <p role="alert">{say(never)}</p>
        ) : door ? (
          <a className="button" href={door}>
            {say(`factor.${factor}.submit`)}
          </a>
        ) : (
          <button
            className={isLast && view.canChoose ? 'button quiet' : 'button'}
            type="submit"
            aria-busy={signIn.busy}
            disabled={unusable && !hydrated}
          >
            {submit}
          </button>
        )}
      </ActionForm>
      {view.renews && <p className="hint">{say('answer.renews')}</p>}
      {isLast && saidLast && <p className="hint">{say(saidLast)}</p>}
      {isLast && another}
      <Cancel view={view} signIn={signIn}>
        {again && !isLast && (
          <Again text={say(again)} at={againAt}>
            <ActionForm view={view} signIn={signIn} action="challenge" fieldsOf={() => chosen} hidden={chosen}>
              <button className="link" type="submit">
                {say(again)}
              </button>
            </ActionForm>
          </Again>
        )}
        {!isLast && another}
      </Cancel>
    </>
  )
}
