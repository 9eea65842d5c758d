import type { EnrolledFactor } from '../../authenticator.ts'
import type { FactorId } from '../../factors/table.ts'
import type { LeafOf, Truth } from './leaf.ts'

/** Condition: an authenticator of one of these factors was bound at least (`older`) or less than `thanMs` ago. */
export interface AuthenticatorAge extends LeafOf<'authenticator'> {
  readonly factors: readonly FactorId[]
  readonly age: 'older' | 'younger'
  readonly thanMs: number
}

export const authenticatorAge = (
  factors: readonly FactorId[],
  age: AuthenticatorAge['age'],
  thanMs: number,
): AuthenticatorAge => ({
  is: 'authenticator',
  oneOf: factors.map((factor) => `${factor} ${age === 'older' ? '≥' : '<'} ${lengthOf(thanMs)}`),
  factors,
  age,
  thanMs,
})

/** A person's authenticator, and for how long it has been bound (null: not known). */
export interface Held {
  readonly factor: FactorId
  readonly ageMs: number | null
}
export const heldOf = (enrolled: readonly EnrolledFactor[], now: number | null): readonly Held[] =>
  enrolled.map(({ factor, boundAt = null }) => ({
    factor,
    ageMs: boundAt === null || now === null ? null : now - boundAt,
  }))

/** The condition's truth: one matching authenticator is enough; without a match, an unknown age makes it unknown. */
export function boundTruth({ factors, age, thanMs }: AuthenticatorAge, held: readonly Held[]): Truth {
  const ages = held.flatMap(({ factor, ageMs }) => (factors.includes(factor) ? [ageMs] : []))
  if (ages.some((ms) => ms !== null && ms >= thanMs === (age === 'older'))) return 'hit'
  return ages.includes(null) ? 'unknown' : 'miss'
}

/** Each authenticator that a condition concerns, with its age, in words. */
export const boundSeen = ({ factors }: AuthenticatorAge, held: readonly Held[]): readonly string[] =>
  held.flatMap(({ factor, ageMs }) =>
    factors.includes(factor) ? [`${factor} ${ageMs === null ? '?' : lengthOf(ageMs)}`] : [],
  )

const unitsMs = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const
/** A duration in the largest unit that it reaches, rounded down: `3d`. */
function lengthOf(ms: number): string {
  const [unit, one] = Object.entries(unitsMs).find(([, one]) => ms >= one) ?? ['s', unitsMs.s]
  return `${Math.floor(ms / one)}${unit}`
}
