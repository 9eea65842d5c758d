import { useLingui } from '@lingui/react'
import type { RefusalCode } from '#shared/refusal.ts'
import type { ProblemView } from '#shared/wire/view.ts'
import en from '../text/locales/en/problem.json?messages'
import { Translated, useText } from '../text/text.tsx'
import { PageCard } from '../ui/frame/card.tsx'
import { Heading } from '../ui/frame/heading.tsx'
import { sentenceOf } from './title.ts'

type Audience = 'everybody' | 'program' | 'step' | 'enrolment' | 'end' | 'policy'

/** The audience of each refusal code; a code that is missing here is told at a step of a sign-in. */
const audiences: Partial<Record<RefusalCode, Audience>> = {
  'already-enrolled': 'enrolment',
  'bad-number': 'enrolment',
  'bad-request': 'program',
  busy: 'everybody',
  cancelled: 'end',
  denied: 'policy',
  expired: 'end',
  finished: 'end',
  'no-texts-there': 'enrolment',
  'not-enrolled': 'policy',
  'not-found': 'everybody',
  'server-fault': 'everybody',
  'too-large': 'program',
  'too-many-openings': 'end',
  'too-many-refusals': 'end',
  'too-many-requests': 'everybody',
  unauthorized: 'program',
  unmet: 'policy',
  'weak-pattern': 'enrolment',
  'wrong-host': 'program',
  'wrong-origin': 'program',
  'wrong-person': 'policy',
  'wrong-type': 'program',
}

/** The page at the `type` of problem details: what a refusal means. Drawn on the server alone, with its texts. */
export const ProblemPage = ({ view }: { view: ProblemView }) => (
  <Translated locale={useLingui().i18n.locale} more={en}>
    <Explained view={view} />
  </Translated>
)

function Explained({ view: { code, status } }: { view: ProblemView }) {
  const say = useText()
  const { i18n } = useLingui()
  return (
    <PageCard doors={[]}>
      <Heading>{sentenceOf(i18n, code)}</Heading>
      <dl>
        <dt>
          <strong>{say('problem.code')}</strong>
        </dt>
        <dd>
          <code>{code}</code>
        </dd>
        <dt>
          <strong>{say('problem.status')}</strong>
        </dt>
        <dd>{status}</dd>
        <dt>
          <strong>{say('problem.seen')}</strong>
        </dt>
        <dd>{say(`problem.seen.${audiences[code] ?? 'step'}`)}</dd>
        <dt>
          <strong>{say('problem.do')}</strong>
        </dt>
        <dd>{say(`problem.do.${code}`)}</dd>
      </dl>
    </PageCard>
  )
}
