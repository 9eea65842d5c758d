import './arcade.css'

/** The state of a door. */
export type DoorState = 'passed' | 'open' | 'ahead'

const arch = 'M0 68V26a26 26 0 0 1 52 0v42Z'
/** The paths of both leaves: shut, and swung open to the sides of the arch. */
const leaves = {
  shut: ['M5 68V26A21 21 0 0 1 26 5V68Z', 'M47 68V26A21 21 0 0 0 26 5V68Z'],
  open: ['M5 68V26A21 21 0 0 1 13 9.6V62Z', 'M47 68V26A21 21 0 0 0 39 9.6V62Z'],
} as const
const inside = 'M5 68V26a21 21 0 0 1 42 0v42Z'

/** The light of all arches: once in a page, with an id that the style sheet names. */
export const Lamplight = () => (
  <svg className="unseen" aria-hidden="true">
    <linearGradient id="lamplight" x1="0" y1="0" x2="0" y2="1">
      <stop className="lamplight-top" offset="0" />
      <stop className="lamplight-foot" offset="1" />
    </linearGradient>
  </svg>
)

/** One door in its wall: shut and sealed, open and lit, or shut. */
export const Arch = ({ state }: { readonly state: DoorState }) => (
  <>
    <svg viewBox="0 0 52 68" aria-hidden="true">
      <path className="arch" d={arch} />
      <path className="lit" d={inside} />
      <g className="leaves">
        {leaves[state === 'open' ? 'open' : 'shut'].map((d, at) => (
          <path key={at === 0 ? 'start' : 'end'} className="leaf" d={d} />
        ))}
        <path className="gap" d="M26 6v62" />
      </g>
      <g className="seal">
        <circle cx="26" cy="38" r="11" />
        <path d="m20.5 38.5 4 4 7.5-8.5" />
      </g>
    </svg>
    {state === 'open' && <span className="spill" aria-hidden="true" />}
  </>
)
