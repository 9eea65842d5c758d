import type { View } from '#shared/wire/view.ts'
import { Text, useText } from '../text/text.tsx'
import { overTexts } from '../text/titles.ts'
import { Heading } from '../ui/frame/heading.tsx'

/** The page of a sign-in that is over: why, and the way on. */
export function Over({ view }: { view: Extract<View, { at: 'over' }> }) {
  const say = useText()
  const { title, text } = overTexts(view)
  const { client, goTo, why, reference } = view
  return (
    <>
      <Heading>{say(title)}</Heading>
      <p className="sub">{say(text)}</p>
      {goTo && client ? (
        <a className="button" href={goTo}>
          {say(why === 'finished' ? 'over.continue' : 'over.again-at', { client })}
        </a>
      ) : (
        <p>{say('over.lost')}</p>
      )}
      {reference && (
        <p className="row">
          <Text id="error.reference" values={{ reference }} parts={[<code key="reference" />]} />
        </p>
      )}
    </>
  )
}
