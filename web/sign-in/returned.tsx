import { useEffect } from 'react'
import { useText } from '../text/text.tsx'
import { PageCard } from '../ui/frame/card.tsx'
import { Heading } from '../ui/frame/heading.tsx'

/** The tab that a handoff returns to: passes the answer to the page that opened the tab, and is done. */
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
