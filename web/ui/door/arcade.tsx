import { useText } from '../../text/text.tsx'
import './arcade.css'
import { Arch, type DoorState } from './arch.tsx'

/** A door as it is shown: what it is for, and in words what its state is. */
export interface Door {
  readonly name: string
  readonly state: DoorState
  readonly detail: string
}

/** The doors of this sign-in: passed ones shut and sealed, one open and lit, the rest shut. */
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
            <span className="unseen"> ({detail})</span>
          </span>
          <Arch state={state} />
        </li>
      ))}
    </ol>
  )
}

/** The band of a page that is no step: one door, its light out. */
export const DarkArcade = () => (
  <div className="arcade dark" aria-hidden="true">
    <div className="door ahead">
      <Arch state="ahead" />
    </div>
  </div>
)
