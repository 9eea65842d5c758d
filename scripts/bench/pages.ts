// When the sign-in page can be used, and what it sends.
import { spawnSync } from 'node:child_process'
import { note, noteRatio } from './aims.ts'
import type { Amounts } from './amounts.ts'
import { beside, oneCore } from './compare.ts'
import { run } from './load.ts'
import { ours } from './ours.ts'
import { pageTimes, slower } from './page.ts'
import { kib, ms, say, spread, table } from './table.ts'
import type { Tree } from './tree.ts'

const whole = (value: number) => ms(value, 0)

export async function benchPages({ few, visits }: Amounts, before: Tree | null): Promise<void> {
  say('\n## The sign-in page\n')
  const trees = before ? [ours, before] : [ours]
  const start = (tree: Tree) => () => run(tree, { sequence: 'password', people: few, cores: oneCore })
  await beside(trees.map(start), 20, async (runs) => {
    // The browser takes both cores, as it would elsewhere.
    spawnSync('taskset', ['-acp', '0,1', String(process.pid)])
    const sites = runs.map(({ issuer }, at) => ({ ...(trees[at] ?? ours), issuer }))
    const { plainMs, pages } = await pageTimes(sites, visits)
    spawnSync('taskset', ['-acp', '1', String(process.pid)])
    table(
      [`Fast 3G, processor ${slower} times slower`, 'field usable', '÷ the plain page', 'script has taken over'],
      [
        ['a plain page', spread(plainMs, whole), '', ''],
        ...pages.map(({ name, usableMs, usable, hydratedMs }) => [
          name,
          spread(usableMs, whole),
          spread(usable),
          spread(hydratedMs, whole),
        ]),
      ],
    )
    say()
    const kinds = [...new Set(pages.flatMap(({ bytes }) => Object.keys(bytes)))]
    table(
      ['bodies on the wire', ...kinds],
      pages.map(({ name, bytes }) => [name, ...kinds.map((kind) => kib(bytes[kind] ?? 0))]),
    )
    const [page, earlier] = pages
    if (!page) return
    noteRatio('field usable ÷ a plain page', page.usable, 1.12)
    if (earlier) note(`the same of ${earlier.name}`, spread(earlier.usable), '')
    note('script of the sign-in page', kib(page.bytes.Script ?? 0), '≤ 72 KiB')
    if (earlier) note(`the same of ${earlier.name}`, kib(earlier.bytes.Script ?? 0), '')
  })
}
