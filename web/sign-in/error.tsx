import type { View } from '#shared/wire/view.ts'
import { Text, useText } from '../text/text.tsx'
import { headingOf } from '../text/titles.ts'
import { PageCard } from '../ui/frame/card.tsx'
import { Heading } from '../ui/frame/heading.tsx'

/** The page of a failed request: what the person can do and, apart, what its developers need. */
export function ErrorPage({ view }: { view: Extract<View, { at: 'error' }> }) {
  const say = useText()
  const { detail, reference } = view
  return (
    <PageCard doors={[]}>
      <Heading>{say(headingOf(view))}</Heading>
      <p className="sub">
        <Reason view={view} />
      </p>
      {view.code === 'not-found' && (
        <a className="button quiet" href="/">
          {say('error.home')}
        </a>
      )}
      {reference && (
        <p>
          <Text id="error.reference" values={{ reference }} parts={[<code key="reference" />]} />
        </p>
      )}
      {detail && (
        <details>
          <summary>{say('error.developer')}</summary>
          <pre>{detail}</pre>
        </details>
      )}
    </PageCard>
  )
}

function Reason({ view: { code, client, detail } }: { view: Extract<View, { at: 'error' }> }) {
  const say = useText()
  if (code === 'busy' || code === 'not-found' || code === 'server-fault' || code === 'too-many-requests')
    return say(`error.${code}`)
  if (!detail) return say('error.refused-form')
  return client ? (
    <Text id="error.bad-request" values={{ client }} parts={[<strong key="client" />]} />
  ) : (
    say('error.bad-request.nobody')
  )
}
