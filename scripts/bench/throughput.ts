import type { Amounts } from './amounts.ts'
import { beside, oneCore } from './compare.ts'
import { measure, run } from './load.ts'
import { ours } from './ours.ts'
import { sequences } from './sequences.ts'
import { ms, say, table } from './table.ts'

/** How many people one core serves, and how long they wait. */
export async function benchThroughput({ few, warm, signIns }: Amounts): Promise<void> {
  say('\n## Throughput\n')
  const rows: string[][] = []
  for (const { name } of sequences)
    await beside([() => run(ours, { sequence: name, people: few, cores: oneCore })], warm, async ([running]) => {
      for (const many of [8, 32]) {
        if (!running) continue
        const got = await measure(running, { atOnce: many, signIns: 5 * signIns })
        const waited = got.latencies.map((one) => ms(one, 0))
        const rss = `${got.rssBefore.toFixed(0)} → ${got.rssAfter.toFixed(0)} MiB`
        rows.push([name, String(many), got.perSecond.toFixed(0), ...waited, rss])
      }
    })
  table(['one core', 'at once', 'sign-ins a second', 'p50', 'p95', 'p99', 'memory'], rows)
}
