import './arcade.css'

/** The state of a door. */
export type DoorState = 'passed' | 'open' | 'ahead'

const arch = 'M0 68V26a26 26 0 0 1 52 0v42Z'
/** Both leaves: shut, and swung open to the sides of the arch. */
const leaves = {
  shut: 'M5 68V26A21 21 0 0 1 26 5V68ZM47 68V26A21 21 0 0 0 26 5V68Z',
  open: 'M5 68V26A21 21 0 0 1 13 9.6V62ZM47 68V26A21 21 0 0 0 39 9.6V62Z',
} as const
const inside = 'M5 68V26a21 21 0 0 1 42 0v42Z'

/** The light of the open door: once in a page, as one door is open, with an id that the style sheet names. */
const Light = () => (
  <>
    <linearGradient id="lamplight" x1="0" y1="0" x2="0" y2="1">
      <stop className="lamplight-top" offset="0" />
      <stop className="lamplight-foot" offset="1" />
    </linearGradient>
    <path className="lit" d={inside} />
  </>
)

/** One door in its wall: shut and sealed, open and lit, or shut. What a door's state does not show is not in the page. */
export const Arch = ({ state }: { readonly state: DoorState }) => (
  <>
    <svg viewBox="0 0 52 68" aria-hidden="true">
      <path className="arch" d={arch} />
      {state === 'open' && <Light />}
      <path className="leaf" d={leaves[state === 'open' ? 'open' : 'shut']} />
      {state !== 'open' && <path className="gap" d="M26 6v62" />}
      {state === 'passed' && (
        <g className="seal">
          <circle cx="26" cy="38" r="11" />
          <path d="m20.5 38.5 4 4 7.5-8.5" />
        </g>
      )}
    </svg>
    {state === 'open' && <span className="spill" aria-hidden="true" />}
  </>
)
