import { type AuthenticatorAge, boundTruth, type Held } from '../rules/authenticator-age.ts'
import type { Times } from '../rules/times.ts'
import { clockOf, daysFor, midnights, whenShown } from './year.ts'

// Test values: among these, conditions of one kind turn out in every combination of truths that is possible.

/** The first address of each network, and the first address after it: between two edges no condition changes. */
export const edgesOf = (networks: readonly string[]): readonly string[] => [
  ...new Set(['4', '6', ...networks, ...networks.flatMap(behind)].map((bits) => bits.padEnd(widthOf(bits), '0'))),
]
const widthOf = (bits: string) => (bits.startsWith('4') ? 33 : 129)

/** The bits of the next network of the same length; empty for the last network. */
function behind(bits: string): readonly string[] {
  const last = bits.lastIndexOf('0')
  return last < 1 ? [] : [`${bits.slice(0, last)}1${'0'.repeat(bits.length - last - 1)}`]
}

/** The instants (epoch milliseconds) at which days and hours begin and end, and at which clocks are changed. */
export function turnsOf(leaves: readonly Times[]): readonly number[] {
  const all = [...new Set(leaves.map(({ zone }) => zone))].map(clockOf)
  const days = daysFor(all)
  return [
    ...days.flatMap((day) => midnights[day] ?? []),
    ...all.flatMap(({ changes }) => changes),
    ...leaves.flatMap(({ zone, hours }) => {
      const minutes = [...new Set([0, ...hours.flatMap(({ from, to }) => [from, to])])]
      return days.flatMap((day) => whenShown(clockOf(zone), day, minutes))
    }),
  ]
}

/** Sets of authenticators, in every combination that matters: of each factor one just old enough or just too young. */
export function boundIn(leaves: readonly AuthenticatorAge[]): readonly (readonly Held[])[] {
  const pattern = (held: readonly Held[]) => leaves.map((leaf) => boundTruth(leaf, held)).join()
  const each = leaves.flatMap(({ factors, thanMs }) =>
    factors.flatMap((factor) => [thanMs, thanMs - 1].map((ageMs) => ({ factor, ageMs }))),
  )
  let all: readonly (readonly Held[])[] = [[]]
  for (const one of each) {
    const more = [...all, ...all.map((held) => [...held, one])]
    all = [...new Map(more.map((held) => [pattern(held), held])).values()]
  }
  return all
}
