import type { ReactNode } from 'react'
import { useText } from '../../text/text.tsx'
import { Heading } from './heading.tsx'

/** The replacement for a part that could not be shown: a button to try again, and the page's ways out. */
export function Broken({ children }: { children?: ReactNode }) {
  const say = useText()
  return (
    <>
      <Heading>{say('broken.title')}</Heading>
      <p className="sub">{say('broken.text')}</p>
      <button type="button" className="button" onClick={() => location.reload()}>
        {say('broken.again')}
      </button>
      {children}
    </>
  )
}
