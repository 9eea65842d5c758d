import type { ReactNode } from 'react'
import { useText } from '../../text/text.tsx'
import { Heading } from './heading.tsx'

/** Stands in the place of what could not be shown; beside another try, the ways out that the page has. */
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
