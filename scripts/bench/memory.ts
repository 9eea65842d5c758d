// The memory of a server that many people have signed in at.
import { noteRatio } from './aims.ts'
import type { Amounts } from './amounts.ts'
import { atOnce, beside, oneCore } from './compare.ts'
import { measure, run } from './load.ts'
import { ours } from './ours.ts'
import { spreadOf } from './statistics.ts'
import { ms, say, spread, table } from './table.ts'
import type { Tree } from './tree.ts'

/** The parts that the sign-ins come in, by turns; memory moves with each collection, so that of the last few counts. */
const parts = 12
const last = 4

export async function benchMemory({ few, rss }: Amounts, before: Tree | null): Promise<void> {
  say('\n## Memory\n')
  const trees = before ? [ours, before] : [ours]
  const start = (tree: Tree) => () => run(tree, { sequence: 'password', people: few, cores: oneCore })
  await beside(trees.map(start), 0, async (runs) => {
    const seen = runs.map(() => ({ rss: [] as number[], cpu: [] as number[] }))
    for (let part = 0; part < parts; part++)
      for (const [at, running] of runs.entries()) {
        const { rssAfter, each } = await measure(running, { atOnce, signIns: Math.round(rss / parts) })
        if (part >= parts - last) seen[at]?.rss.push(rssAfter)
        seen[at]?.cpu.push(each.cpuMs ?? Number.NaN)
      }
    const mib = (value: number) => `${value.toFixed(0)} MiB`
    table(
      [`after ${rss.toLocaleString('en')} sign-ins by password`, 'RSS', 'CPU of a sign-in'],
      runs.map(({ name }, at) => [
        name,
        spread(spreadOf(seen[at]?.rss ?? []), mib),
        spread(spreadOf(seen[at]?.cpu ?? []), ms),
      ]),
    )
    const [one, other] = seen
    if (!before || !one || !other) return
    const byTurns = (name: 'rss' | 'cpu') =>
      spreadOf(one[name].map((value, at) => value / (other[name][at] ?? Number.NaN)))
    noteRatio(`memory after ${rss.toLocaleString('en')} sign-ins ÷ ${before.name}`, byTurns('rss'), 0.75)
    noteRatio(`CPU of these sign-ins ÷ ${before.name}`, byTurns('cpu'), 1)
  })
}
