import type { Served } from './bench-server.ts'
import { connections, type Request, signIn } from './relying-party.ts'
import type { Sequence } from './sequences.ts'

/** A load: `signIns` sign-ins, `atOnce` of them at the same time. */
export interface Load {
  readonly sequence: Sequence
  readonly people: number
  readonly atOnce: number
  readonly signIns: number
}

export interface Measured {
  readonly perSecond: number
  /** CPU of the server process for one sign-in. */
  readonly cpuMs: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly rssBefore: number
  readonly rssAfter: number
}

let turn = 0
/** The next person, spread over all of them: the same person twice at once would be locked. */
const somebody = (people: number) => (turn++ * 7919) % people

export async function measure(served: Served, { sequence, people, atOnce, signIns }: Load): Promise<Measured> {
  const agent = connections(atOnce)
  const before = await served.count()
  const began = performance.now()
  const latencies: number[] = []
  let left = signIns
  const worker = async () => {
    while (left-- > 0) {
      const from = performance.now()
      for await (const _ of signIn(served.issuer, agent, sequence, somebody(people)));
      latencies.push(performance.now() - from)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  const seconds = (performance.now() - began) / 1000
  const after = await served.count()
  agent.destroy()
  latencies.sort((a, b) => a - b)
  const percentile = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
  return {
    perSecond: signIns / seconds,
    cpuMs: (after.cpuMs - before.cpuMs) / signIns,
    p50: percentile(0.5),
    p95: percentile(0.95),
    p99: percentile(0.99),
    rssBefore: before.rssMiB,
    rssAfter: after.rssMiB,
  }
}

export const median = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

/** The CPU time of a sign-in and of the hash alone, measured by turns, so that a noisy machine disturbs both. */
export async function cpuOf(served: Served, load: Load, rounds: number) {
  const measured: { readonly cpuMs: number; readonly hashMs: number; readonly besideMs: number }[] = []
  for (let round = 0; round < rounds; round++) {
    const hashMs = await served.hashMs(20)
    const { cpuMs } = await measure(served, load)
    measured.push({ cpuMs, hashMs, besideMs: cpuMs - load.sequence.hashes * hashMs })
  }
  return {
    cpuMs: median(measured.map((one) => one.cpuMs)),
    hashMs: median(measured.map((one) => one.hashMs)),
    besideMs: median(measured.map((one) => one.besideMs)),
  }
}

/** The CPU time of each request: many sign-ins make the requests in step, and the server's CPU is counted at each. */
export async function perRequest(served: Served, { sequence, people, atOnce, signIns }: Load) {
  const agent = connections(atOnce)
  const all = Array.from({ length: signIns }, () => signIn(served.issuer, agent, sequence, somebody(people)))
  const spent: { readonly request: Request; readonly cpuMs: number }[] = []
  let { value: request } = (await advance(all, atOnce))[0] ?? {}
  while (request) {
    const before = await served.count()
    const next = await advance(all, atOnce)
    spent.push({ request, cpuMs: ((await served.count()).cpuMs - before.cpuMs) / signIns })
    request = next[0]?.value
  }
  agent.destroy()
  return spent
}

async function advance(all: readonly AsyncGenerator<Request, void>[], atOnce: number) {
  const left = [...all.entries()]
  const results: IteratorResult<Request, void>[] = []
  const worker = async () => {
    for (let one = left.pop(); one; one = left.pop()) results[one[0]] = await one[1].next()
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return results
}
