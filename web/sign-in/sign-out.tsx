import type { View } from '#shared/wire/view.ts'
import { Text, useText } from '../text/text.tsx'
import { headingOf } from '../text/titles.ts'
import { PageCard } from '../ui/frame/card.tsx'
import { Heading } from '../ui/frame/heading.tsx'

export function SignOut({ view }: { view: Extract<View, { at: 'sign-out' }> }) {
  const say = useText()
  const { client, action, xsrf } = view
  return (
    <PageCard doors={[]}>
      <Heading>{say('sign-out.title')}</Heading>
      <p className="sub">
        {client ? (
          <Text id="sign-out.text" values={{ client }} parts={[<strong key="client" />]} />
        ) : (
          say('sign-out.text.nobody')
        )}
      </p>
      <form method="post" action={action}>
        <input type="hidden" name="xsrf" value={xsrf} />
        <button className="button" type="submit" name="logout" value="yes">
          {say('sign-out.yes')}
        </button>
        <button className="button quiet" type="submit">
          {say('sign-out.no')}
        </button>
      </form>
    </PageCard>
  )
}

export function SignedOut({ view }: { view: Extract<View, { at: 'signed-out' }> }) {
  const say = useText()
  return (
    <PageCard doors={[]}>
      <Heading>{say(headingOf(view))}</Heading>
      <p className="sub">{say(view.still ? 'signed-in.text' : 'signed-out.text')}</p>
    </PageCard>
  )
}

export function Home({ view }: { view: Extract<View, { at: 'home' }> }) {
  const say = useText()
  return (
    <PageCard doors={[]}>
      <Heading>{say('home.title')}</Heading>
      <p className="sub">{say('home.text')}</p>
      {view.bench && (
        <a className="button" href="/bench">
          {say('home.bench')}
        </a>
      )}
    </PageCard>
  )
}
