import { useEffect } from 'react'
import { useText } from '../text/text.tsx'
import { PageCard } from '../ui/frame/card.tsx'
import { Heading } from '../ui/frame/heading.tsx'

/** A tab that went elsewhere for an answer: gives it to the page that opened it, and is done. */
export function Returned() {
  const say = useText()
  useEffect(() => {
    const answer = new URLSearchParams(location.search).get('returned')
    history.replaceState(history.state, '', location.pathname)
    new BroadcastChannel('sallyport-returned').postMessage(answer ?? '')
    close()
  }, [])
  return (
    <PageCard doors={[]}>
      <Heading>{say('returned.title')}</Heading>
      <p className="sub">{say('returned.text')}</p>
    </PageCard>
  )
}
