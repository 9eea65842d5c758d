import { type Binding, boundTruth, type Held } from './binding.ts'
import { localTime, type Times } from './times.ts'

// Values among which every combination is found that conditions of one kind can have.

/** The first address of each network, and the first one behind it: between two of them nothing changes. */
export const edgesOf = (networks: readonly string[]): readonly string[] => [
  ...new Set(['4', '6', ...networks, ...networks.flatMap(behind)].map((bits) => bits.padEnd(widthOf(bits), '0'))),
]
const widthOf = (bits: string) => (bits.startsWith('4') ? 33 : 129)

/** The bits of the next network of the same length; the last one has none. */
function behind(bits: string): readonly string[] {
  const last = bits.lastIndexOf('0')
  return last < 1 ? [] : [`${bits.slice(0, last)}1${'0'.repeat(bits.length - last - 1)}`]
}

const dayMs = 86_400_000
const minuteMs = 60_000
/** A week in winter and one in summer: the clocks of two zones are not always equally far apart. */
const weeks = [Date.UTC(2026, 0, 5), Date.UTC(2026, 6, 6)]
const midnights = weeks.flatMap((week) => [0, 1, 2, 3, 4, 5, 6].map((day) => week + day * dayMs))

/** The instants at which hours begin and end, and days do. */
export const turnsOf = (leaves: readonly Times[]): readonly number[] => [
  ...weeks,
  ...leaves.flatMap(({ zone, hours }) => {
    const minutes = [...new Set([0, ...hours.flatMap(({ from, to }) => [from, to])])]
    return midnights.flatMap((midnight) => {
      const { minute } = localTime(midnight, zone)
      return minutes.map((one) => midnight + ((one - minute + 1440) % 1440) * minuteMs)
    })
  }),
]

/** What somebody can have: of each factor one that is just old enough, or just not yet, in every combination. */
export function boundIn(leaves: readonly Binding[]): readonly (readonly Held[])[] {
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
