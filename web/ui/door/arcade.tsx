import { useText } from '../../text/text.tsx'
import './arcade.css'
import { Arch, type DoorState } from './arch.tsx'

/** A door of the arcade: its name, and its state, also in words. */
export interface Door {
  readonly name: string
  readonly state: DoorState
  readonly detail: string
}

/** The doors of a sign-in, one for each step: passed doors are shut and sealed, one is open and lit, the rest shut. */
export function Arcade({ doors }: { doors: readonly Door[] }) {
  const say = useText()
  const open = doors.findIndex(({ state }) => state === 'open')
  const here = open < 0 ? doors.length - 1 : open
  return (
    <ol className={doors.length > 4 ? 'arcade arcade-many' : 'arcade'} aria-label={say('doors')}>
      {doors.map(({ name, state, detail }, at) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: the doors stand in order, and two may have one name
          key={at}
          className={`door ${state}${Math.abs(at - here) > 1 ? ' far' : ''}`}
          aria-current={state === 'open' ? 'step' : undefined}
        >
          <span className="door-label">
            {name}
            <span className="unseen">{` (${detail})`}</span>
          </span>
          <Arch state={state} />
        </li>
      ))}
    </ol>
  )
}

/** The arcade of a page without steps: one door, its light out. */
export const DarkArcade = () => (
  <div className="arcade dark" aria-hidden="true">
    <div className="door ahead">
      <Arch state="ahead" />
    </div>
  </div>
)
