// What a sign-in costs, beside the bare engine and beside another revision.
import { note, noteRatio } from './aims.ts'
import { bare } from './bare.ts'
import { beside, compare } from './compare.ts'
import { cpuPerRequest, measure, perRequest, type Running, run, type Setting } from './load.ts'
import { ours } from './ours.ts'
import { sequences } from './sequences.ts'
import type { Size } from './size.ts'
import { hasStrace } from './syncs.ts'
import { ms, number, say, spread, table } from './table.ts'
import type { Tree } from './tree.ts'

const oneCore = '0'
const atOnce = 8

const starting = (
  trees: readonly Tree[],
  size: Size,
  setting: Pick<Setting, 'sequence' | 'hashless' | 'counting' | 'tracing'>,
) => trees.map((tree) => () => run(tree, { people: size.few, cores: oneCore, ...setting }))

/** Sign-ins at several trees, by turns, with the hash or without it. */
async function costs(sequence: string, trees: readonly Tree[], size: Size, hashless: boolean) {
  return beside(starting(trees, size, { sequence, hashless }), size.warm, async (runs) => {
    if (hashless) for (const running of runs) await proveHashless(running)
    const compared = await compare(runs, { atOnce, signIns: size.signIns }, size.rounds)
    const title = `${sequence}${hashless ? ', hash taken out' : ''}`
    say()
    table(
      [`CPU of a sign-in: ${title}`, 'least to most', ...trees.slice(1).map(({ name }) => `÷ ${name}`)],
      runs.map(({ name }, at) => [
        name,
        spread(compared.cpu[at], ms),
        ...trees.slice(1).map((_, other) => (at === 0 ? spread(compared.ratio(0, other + 1)) : '')),
      ]),
    )
    return compared
  })
}

/** Every sign-in of a server without its hash asks for one that is not there. */
async function proveHashless(running: Running) {
  const { each } = await measure(running, { atOnce: 1, signIns: 1 })
  if (!each.hashes) throw new Error(`The hash was not taken out of ${running.name}: it is not @node-rs/argon2's.`)
}

const counted = ['statements', 'pragmas', 'commits', 'durableCommits', 'syncs'] as const
const heads = ['statements', 'PRAGMAs', 'commits', 'under FULL', hasStrace ? 'syncs' : 'syncs (no strace)']

/** Statements, commits and syncs: of each request of one person alone, and of a sign-in with others under way. */
async function countsOf(tree: Tree, size: Size, load: { readonly signIns: number }) {
  const setting = { sequence: 'password', hashless: true, counting: true, tracing: hasStrace }
  return beside(starting([tree], size, setting), 20, async ([running]) => {
    if (!running) throw new Error('No server.')
    const requests = await perRequest(running, { atOnce: 1, ...load })
    const { each: alone } = await measure(running, { atOnce: 1, ...load })
    const { each: together } = await measure(running, { atOnce, signIns: 5 * load.signIns })
    const rows = [...requests, { request: 'a sign-in', each: alone }, { request: `${atOnce} at once`, each: together }]
    say()
    table(
      [`of ${tree.name}, for each sign-in`, ...heads],
      rows.map(({ request, each }) => [request, ...counted.map((name) => number(each[name]))]),
    )
    return alone
  })
}

async function requestsOf(tree: Tree, size: Size) {
  return beside(starting([tree], size, { sequence: 'password', hashless: true }), size.warm, async ([running]) =>
    running ? cpuPerRequest(running, { atOnce, signIns: size.signIns }, 5) : [],
  )
}

export async function benchSignIns(size: Size, before: Tree | null): Promise<void> {
  say('\n## Sign-ins\n')
  const trees = [ours, bare, ...(before ? [before] : [])]
  const beforeAt = 2
  const hashless = await costs('password', trees, size, true)
  noteRatio('password sign-in, hash taken out ÷ bare engine', hashless.ratio(0, 1), 1.3)
  const inAll = await costs('password', trees, size, false)
  note('password sign-in, in all ÷ bare engine', spread(inAll.ratio(0, 1)), '')
  if (before) noteRatio(`password sign-in, in all ÷ ${before.name}`, inAll.ratio(0, beforeAt), 0.7)
  const both = before ? [ours, before] : [ours]
  const code = await costs('password and app code', both, size, false)
  if (before) note(`password and app code ÷ ${before.name}`, spread(code.ratio(0, 1)), '')
  const passkey = await costs('passkey alone', both, size, false)
  if (before) noteRatio(`passkey sign-in ÷ ${before.name}`, passkey.ratio(0, 1), 0.65)

  say()
  const rows: string[][] = []
  for (const tree of trees) rows.push([tree.name, ...(await requestsOf(tree, size)).map(({ cpuMs }) => ms(cpuMs, 2))])
  table(['CPU of each request, hash taken out', 'authorize', 'page', 'identify', 'answer', 'resume', 'token'], rows)
  const alone = await countsOf(ours, size, { signIns: size.steps })
  for (const tree of trees.slice(1)) await countsOf(tree, size, { signIns: size.steps })
  const synced = alone.syncs ?? alone.durableCommits
  note(
    'statements / commits / syncs of a password sign-in',
    [alone.statements, alone.commits, synced].map((one) => number(one)).join(' / '),
    '≤ 26 / ≤ 5 / ≤ 3',
  )
}

/** How many people one core serves, and how long they wait. */
export async function benchThroughput(size: Size): Promise<void> {
  say()
  const rows: string[][] = []
  for (const { name } of sequences)
    await beside(starting([ours], size, { sequence: name }), size.warm, async ([running]) => {
      for (const many of [8, 32]) {
        if (!running) continue
        const got = await measure(running, { atOnce: many, signIns: 5 * size.signIns })
        const waited = got.latencies.map((one) => ms(one, 0))
        const rss = `${got.rssBefore.toFixed(0)} → ${got.rssAfter.toFixed(0)} MiB`
        rows.push([name, String(many), got.perSecond.toFixed(0), ...waited, rss])
      }
    })
  table(['one core', 'at once', 'sign-ins a second', 'p50', 'p95', 'p99', 'memory'], rows)
}
