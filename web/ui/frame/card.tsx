import type { ReactNode } from 'react'
import { useServiceName, useText } from '../../text/text.tsx'
import './card.css'
import { Arcade, DarkArcade, type Door } from '../door/arcade.tsx'

/** The frame of every page but the bench's: an arcade, and the task below. Without doors, the arcade's light is out. */
export function PageCard({ doors, children }: { doors: readonly Door[]; children: ReactNode }) {
  const say = useText()
  return (
    <div className="stage">
      <main className="card">
        {doors.length > 0 ? <Arcade doors={doors} /> : <DarkArcade />}
        <div className="card-body">{children}</div>
      </main>
      <footer className="maker">
        <noscript>
          <p>{say('no-script')}</p>
        </noscript>
        {useServiceName()}
      </footer>
    </div>
  )
}
