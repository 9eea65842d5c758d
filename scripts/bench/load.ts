// The load: sign-ins against one server, and what they cost it.
import { connections } from './browser.ts'
import type { Counted } from './counted.ts'
import { probing } from './probed.ts'

import { median } from './statistics.ts'
import { syncsOf } from './syncs.ts'
import type { Tree } from './tree.ts'

export interface Running {
  readonly name: string
  readonly issuer: string
  readonly startMs: number
  /** `syncs`: the calls of fdatasync and fsync, where they are traced. */
  readonly count: () => Promise<Counted & { readonly syncs?: number }>
  /** The sign-in of the next person, request by request; nobody's turn comes twice at once, which would be locked. */
  readonly signIn: (agent: ReturnType<typeof connections>) => AsyncGenerator<string, unknown>
  readonly stop: () => Promise<void>
}

export interface Setting {
  readonly sequence: string
  readonly people: number
  readonly cores: string
  readonly hashless?: boolean
  readonly counting?: boolean
  readonly tracing?: boolean
}

/** Starts a tree's server with the probe and a store of its own, which `stop` removes. */
export async function run(tree: Tree, setting: Setting): Promise<Running> {
  const { sequence, people, cores, hashless = false, counting = false, tracing = false } = setting
  const furnished = await tree.furnish(sequence, people)
  const probe = await probing({ hashless: hashless ? tree.root : null, counting })
  try {
    const { issuer, startMs, stop } = await tree.serve(furnished, cores, probe.flags)
    const { pid, count } = await probe.answers
    const end = () => void process.kill(pid)
    process.prependListener('exit', end)
    const syncs = tracing ? await syncsOf(pid) : null
    let turn = 0
    return {
      name: tree.name,
      issuer,
      startMs,
      count: async () => (syncs ? { syncs: await syncs.count(), ...(await count()) } : count()),
      signIn: (agent) => tree.signIn(issuer, agent, sequence, (turn++ * 7919) % people),
      async stop() {
        process.off('exit', end)
        await syncs?.stop()
        await stop()
        furnished.remove()
      },
    }
  } catch (error) {
    probe.abandon()
    furnished.remove()
    throw error
  }
}

export interface Load {
  readonly atOnce: number
  readonly signIns: number
}

type Counts = Partial<Record<keyof (Counted & { syncs: number }), number>>
/** What happened between two counts, for each of `times`. */
const between = (before: Counts, after: Counts, times: number): Counts =>
  Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, (value - (before[name as keyof Counts] ?? 0)) / times]),
  )

/** What one sign-in cost, and how long people waited. */
export async function measure(running: Running, { atOnce, signIns }: Load) {
  const agent = connections(atOnce)
  const before = await running.count()
  const began = performance.now()
  const latencies: number[] = []
  let left = signIns
  const worker = async () => {
    while (left-- > 0) {
      const from = performance.now()
      for await (const _ of running.signIn(agent));
      latencies.push(performance.now() - from)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  const seconds = (performance.now() - began) / 1000
  const after = await running.count()
  agent.destroy()
  latencies.sort((a, b) => a - b)
  const percentile = (share: number) => latencies[Math.min(signIns - 1, Math.floor(signIns * share))] ?? 0
  return {
    perSecond: signIns / seconds,
    each: between(before, after, signIns),
    latencies: [percentile(0.5), percentile(0.95), percentile(0.99)],
    rssBefore: before.rssMiB,
    rssAfter: after.rssMiB,
  }
}

/** What each request of a sign-in cost: many sign-ins make their requests in step, and the server is asked at each. */
export async function perRequest(running: Running, { atOnce, signIns }: Load) {
  const agent = connections(atOnce)
  const all = Array.from({ length: signIns }, () => running.signIn(agent))
  const spent: { readonly request: string; readonly each: Counts }[] = []
  let request = await advance(all, atOnce)
  while (request) {
    const before = await running.count()
    const next = await advance(all, atOnce)
    spent.push({ request, each: between(before, await running.count(), signIns) })
    request = next
  }
  agent.destroy()
  return spent
}

async function advance(all: readonly AsyncGenerator<string, unknown>[], atOnce: number) {
  const left = [...all]
  let request: string | undefined
  const worker = async () => {
    for (let one = left.pop(); one; one = left.pop()) {
      const { done, value } = await one.next()
      request = done ? undefined : value
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return request
}

/** The medians of each request's CPU over several rounds. */
export async function cpuPerRequest(running: Running, load: Load, rounds: number) {
  const all: Awaited<ReturnType<typeof perRequest>>[] = []
  for (let round = 0; round < rounds; round++) all.push(await perRequest(running, load))
  return (all[0] ?? []).map(({ request }, at) => ({
    request,
    cpuMs: median(all.map((round) => round[at]?.each.cpuMs ?? Number.NaN)),
  }))
}
