import type { FactorId } from '#shared/factors/table.ts'
import type { Outcome } from '#shared/policy/tools/simulate.ts'
import { useText } from '../text/text.tsx'

/** An outcome in small: an arch for each door that is passed, and the token's claims. */
export function Doors({ outcome }: { outcome: Outcome }) {
  const say = useText()
  return (
    <>
      <span className="mini-doors">
        {outcome.doors.map((_, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the doors stand in order, and two may be alike
          <svg key={at} viewBox="0 0 52 68" className="mini-door" aria-hidden="true">
            <path d="M0 68V26a26 26 0 0 1 52 0v42Z" />
          </svg>
        ))}
      </span>
      <span className="mini-words">
        {outcome.is === 'done' && outcome.amr.join(' ')}
        {outcome.is === 'enrol' && `+ ${outcome.factors.map((factor) => say(`door.${factor}`)).join(' / ')}`}
        {outcome.is === 'refuse' && outcome.why}
      </span>
    </>
  )
}

/** The outcome of a sign-in in words. */
export function useOutcome(): (outcome: Outcome) => string {
  const say = useText()
  const named = (factors: readonly FactorId[], between: string) =>
    factors.map((factor) => say(`door.${factor}`)).join(between) || say('bench.matrix.no-doors')
  return (outcome) => {
    const doors = named(outcome.doors, ', ')
    switch (outcome.is) {
      case 'done':
        return say('bench.matrix.done', { doors, amr: outcome.amr.join(' ') })
      case 'enrol':
        return say('bench.matrix.enrol', { doors, factors: named(outcome.factors, ', ') })
      case 'refuse':
        return say('bench.matrix.refused', { why: outcome.why })
    }
  }
}
