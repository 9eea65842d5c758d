// What a sign-in costs, beside the bare engine and beside another revision.
import { note, noteRatio } from './aims.ts'
import type { Amounts } from './amounts.ts'
import { bare } from './bare.ts'
import { atOnce, beside, compare, oneCore } from './compare.ts'
import { cpuPerRequest, measure, perRequest, type Running, run, type Setting } from './load.ts'
import { ours } from './ours.ts'
import { hasStrace } from './syncs.ts'
import { ms, number, say, spread, table } from './table.ts'
import type { Tree } from './tree.ts'

const starting = (
  trees: readonly Tree[],
  amounts: Amounts,
  setting: Pick<Setting, 'sequence' | 'hashless' | 'counting' | 'tracing'>,
) => trees.map((tree) => () => run(tree, { people: amounts.few, cores: oneCore, ...setting }))

/** Sign-ins at several trees, by turns, with the hash or without it. */
async function costs(sequence: string, trees: readonly Tree[], amounts: Amounts, hashless: boolean) {
  return beside(starting(trees, amounts, { sequence, hashless }), amounts.warm, async (runs) => {
    if (hashless) for (const running of runs) await proveHashless(running)
    const compared = await compare(runs, { atOnce, signIns: amounts.signIns }, amounts.rounds)
    const title = `${sequence}${hashless ? ', hash taken out' : ''}`
    say()
    table(
      [`CPU of a sign-in: ${title}`, 'least to most', ...trees.slice(1).map(({ name }) => `÷ ${name}`)],
      runs.map(({ name }, at) => [
        name,
        spread(compared.cpu[at], ms),
        ...trees.slice(1).map((_, other) => (at === other + 1 ? '' : spread(compared.ratio(at, other + 1)))),
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
async function countsOf(tree: Tree, amounts: Amounts, load: { readonly signIns: number }) {
  const setting = { sequence: 'password', hashless: true, counting: true, tracing: hasStrace }
  return beside(starting([tree], amounts, setting), 20, async ([running]) => {
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

async function requestsOf(tree: Tree, amounts: Amounts) {
  return beside(starting([tree], amounts, { sequence: 'password', hashless: true }), amounts.warm, async ([running]) =>
    running ? cpuPerRequest(running, { atOnce, signIns: amounts.signIns }, 5) : [],
  )
}

export async function benchSignIns(amounts: Amounts, before: Tree | null): Promise<void> {
  say('\n## Sign-ins\n')
  const trees = [ours, bare, ...(before ? [before] : [])]
  const beforeAt = 2
  const hashless = await costs('password', trees, amounts, true)
  noteRatio('password sign-in, hash taken out ÷ bare engine', hashless.ratio(0, 1), 1.3)
  const inAll = await costs('password', trees, amounts, false)
  note('password sign-in, in all ÷ bare engine', spread(inAll.ratio(0, 1)), '')
  if (before) noteRatio(`password sign-in, in all ÷ ${before.name}`, inAll.ratio(0, beforeAt), 0.7)
  const both = before ? [ours, before] : [ours]
  const code = await costs('password and app code', both, amounts, false)
  if (before) note(`password and app code ÷ ${before.name}`, spread(code.ratio(0, 1)), '')
  const passkey = await costs('passkey alone', both, amounts, false)
  if (before) noteRatio(`passkey sign-in ÷ ${before.name}`, passkey.ratio(0, 1), 0.65)

  say()
  const requests: { readonly name: string; readonly spent: Awaited<ReturnType<typeof cpuPerRequest>> }[] = []
  for (const tree of trees) requests.push({ name: tree.name, spent: await requestsOf(tree, amounts) })
  const names = [...new Set(requests.flatMap(({ spent }) => spent.map(({ request }) => request)))]
  table(
    ['CPU of each request, hash taken out', ...names],
    requests.map(({ name, spent }) => [
      name,
      ...names.map((one) => spent.flatMap(({ request, cpuMs }) => (request === one ? [ms(cpuMs, 2)] : [])).join(' + ')),
    ]),
  )
  const alone = await countsOf(ours, amounts, { signIns: amounts.steps })
  for (const tree of trees.slice(1)) await countsOf(tree, amounts, { signIns: amounts.steps })
  const synced = alone.syncs ?? alone.durableCommits
  note(
    'statements / commits / syncs of a password sign-in',
    [alone.statements, alone.commits, synced].map((one) => number(one)).join(' / '),
    '≤ 26 / ≤ 5 / ≤ 3',
  )
}
