// `npm run bench`: the cost of a sign-in, sign-ins in a second, and the time until the page is usable (docs/speed.md).
import { spawnSync } from 'node:child_process'
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { furnish, type Served, serve } from './bench-server.ts'
import { cpuOf, type Load, measure, median, perRequest } from './load.ts'
import { pageTimes, slower } from './page.ts'
import { benchPolicy } from './policy.ts'
import { type Sequence, sequences } from './sequences.ts'
import { kib, ms, say, table, times } from './table.ts'

const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values
const size = quick
  ? { few: 5_000, many: 20_000, warm: 100, signIns: 40, rounds: 3, load: 100, visits: 3 }
  : { few: 5_000, many: 100_000, warm: 800, signIns: 60, rounds: 7, load: 400, visits: 9 }
const aims = { besideMs: 3, perSecond: 70, flat: 0.1, scriptKib: 90, usable: 1.2 } as const

/** The server has core 0 to itself; the load comes from core 1. */
const onCores = (cores: string) => void spawnSync('taskset', ['-acp', cores, String(process.pid)])
const oneCore = '0'
const bothCores = '0,1'

/** Measures a warmed-up server with `people` people, and stops it. */
async function measured<T>(
  sequence: Sequence,
  people: number,
  cores: string,
  work: (served: Served, load: Load, startMs: number) => Promise<T>,
): Promise<T> {
  const furnished = await furnish(sequence, people)
  const served = await serve(furnished, cores)
  const load = { sequence, people, atOnce: 8, signIns: size.signIns }
  try {
    await measure(served, { ...load, signIns: size.warm })
    return await work(served, load, served.startMs)
  } finally {
    await served.stop()
    furnished.remove()
  }
}

const cost = (served: Served, load: Load) => cpuOf(served, load, size.rounds)
const loads = (cores: string) => async (served: Served, load: Load) => {
  const rows: string[][] = []
  for (const atOnce of [8, 32]) {
    const got = await measure(served, { ...load, atOnce, signIns: size.load })
    const latencies = [got.p50, got.p95, got.p99].map((one) => ms(one, 0))
    const rss = `${got.rssBefore.toFixed(0)} → ${got.rssAfter.toFixed(0)} MiB`
    const where = [load.people.toLocaleString('en'), String(cores.split(',').length)]
    rows.push([...where, String(atOnce), got.perSecond.toFixed(0), ...latencies, rss])
  }
  return rows
}

async function benchSequence(sequence: Sequence) {
  say(`\n## Sign-in: ${sequence.name}\n`)
  const { few, requests, startMs, oneCoreRows } = await measured(
    sequence,
    size.few,
    oneCore,
    async (served, load, startMs) => {
      const few = await cost(served, load)
      const rounds: Awaited<ReturnType<typeof perRequest>>[] = []
      for (let round = 0; round < Math.min(5, size.rounds); round++) rounds.push(await perRequest(served, load))
      const requests = (rounds[0] ?? []).map(({ request }, at) => ({
        request,
        cpuMs: median(rounds.map((round) => round[at]?.cpuMs ?? 0)),
      }))
      return { few, requests, startMs, oneCoreRows: await loads(oneCore)(served, load) }
    },
  )
  const many = await measured(sequence, size.many, oneCore, async (served, load, startMs) => ({
    ...(await cost(served, load)),
    startMs,
    rows: await loads(oneCore)(served, load),
  }))
  const twoCoreRows = await measured(sequence, size.few, bothCores, loads(bothCores))

  const per = (people: number) => `${people.toLocaleString('en')} people`
  const row = (people: number, { cpuMs, hashMs, besideMs }: Awaited<ReturnType<typeof cost>>) => [
    per(people),
    ms(cpuMs),
    ms(hashMs),
    ms(besideMs),
    times(cpuMs / (hashMs * sequence.hashes || 1)),
  ]
  table(
    ['CPU of a sign-in', 'all', 'a hash alone', 'beside the hash', 'all / hash'],
    [row(size.few, few), row(size.many, many), ['aim', '', '', `< ${ms(aims.besideMs)}`, '']],
  )
  const growth = many.cpuMs / few.cpuMs
  say(`\n${per(size.many)} cost ${times(growth)} of what ${per(size.few)} do (aim: within ±${aims.flat * 100} %).\n`)
  table(
    ['CPU of each request', ...requests.map(({ request }) => request)],
    [['of 8 at once, in step', ...requests.map(({ cpuMs }) => ms(cpuMs))]],
  )
  say()
  const heads = ['people', 'cores', 'at once', 'sign-ins a second', 'p50', 'p95', 'p99', 'memory']
  table(heads, [...oneCoreRows, ...many.rows, ...twoCoreRows])
  say(`\nAim: ${aims.perSecond} sign-ins a second and core. With two cores the load comes from one of them.`)
  say(`Ready ${ms(startMs, 0)} after its start; with ${per(size.many)}, ${ms(many.startMs, 0)}.`)
}

async function benchPage(sequence: Sequence) {
  say('\n## The sign-in page\n')
  const page = await measured(sequence, size.few, oneCore, async ({ issuer }) => {
    onCores(bothCores)
    return pageTimes(issuer, size.visits)
  })
  table(
    [`Fast 3G, processor ${slower} times slower`, 'ms', 'of the plain page'],
    [
      ['a plain page’s field', ms(page.plainMs, 0), times(1)],
      ['its field', ms(page.usableMs, 0), times(page.usableMs / page.plainMs)],
      ['its script', ms(page.hydratedMs, 0), times(page.hydratedMs / page.plainMs)],
      ['aim for its field', '', `< ${times(aims.usable)}`],
    ],
  )
  say()
  const kinds = Object.entries(page.bytes).map(([kind, bytes]) => [kind, kib(bytes)])
  table(['Transferred', 'with headers'], [...kinds, ['aim for Script', `< ${aims.scriptKib} KiB`]])
}

if (spawnSync('taskset', ['--version']).error || availableParallelism() < 2)
  throw new Error('The bench needs Linux’s taskset and two cores: one for the server, one for the load.')
say(`# Speed${quick ? ' (quick: indicative alone)' : ''}\n`)
say(`Node ${process.versions.node}, ${cpus()[0]?.model.trim()}, ${availableParallelism()} cores. Medians.`)
benchPolicy(quick)
for (const sequence of sequences) {
  onCores('1')
  await benchSequence(sequence)
}
const [first] = sequences
if (first) await benchPage(first)
