// Whether a sign-in costs the same in a large installation.
import { noteRatio } from './aims.ts'
import type { Amounts } from './amounts.ts'
import { type Extent, furnish } from './bench-server.ts'
import { atOnce, beside, compare, oneCore } from './compare.ts'
import { run } from './load.ts'
import { ours } from './ours.ts'
import { sequenceOf } from './sequences.ts'
import { ms, say, spread, table } from './table.ts'

const small: Extent = { clients: 1, rules: 3, records: 0 }

/** Sign-ins by password without the hash, which would hide what grows. */
export async function benchSize({ few, many, records, warm, signIns, rounds }: Amounts): Promise<void> {
  say('\n## Size\n')
  const server = (people: number, extent: Extent) => () =>
    run(
      { ...ours, furnish: (name) => furnish(sequenceOf(name), people, extent) },
      { sequence: 'password', people, cores: oneCore, hashless: true },
    )
  const [stored, ruled] = [
    { ...small, records },
    { ...small, clients: 100, rules: 1_000 },
  ]
  await beside([server(few, small), server(many, stored), server(few, ruled)], warm, async (runs) => {
    const { cpu, ratio } = await compare(runs, { atOnce, signIns }, rounds)
    const counted = (count: number) => count.toLocaleString('en')
    const large = `${counted(records)} records, ${counted(many)} people`
    const wide = '100 clients, 1,000 rules'
    const names = [`${counted(few)} people, 1 client, 3 rules`, large, wide]
    table(
      ['CPU of a sign-in: password, hash taken out', 'least to most', '÷ the first'],
      names.map((name, at) => [name, spread(cpu[at], ms), at ? spread(ratio(at, 0)) : '']),
    )
    noteRatio(`the same with ${large}`, ratio(1, 0), 1.05)
    noteRatio(`the same with ${wide}`, ratio(2, 0), 1.05)
  })
}
