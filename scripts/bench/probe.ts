// A probe loaded into the measured server before its program, which answers the benchmark's questions and nothing else.
import { defaultCost } from '../../server/factors/password/cost.ts'
import { matches } from '../../server/factors/password/hash.ts'

/** The server's CPU time since its start, of all threads, user and system, and its resident memory now. */
export interface Counted {
  readonly cpuMs: number
  readonly rssMiB: number
}

const cpuMs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

async function hashMs(times: number): Promise<number> {
  const before = cpuMs()
  for (let at = 0; at < times; at++) await matches(null, 'a password that is as long as another', defaultCost)
  return (cpuMs() - before) / times
}

process.on('message', async (question: 'count' | number) => {
  const counted: Counted = { cpuMs: cpuMs(), rssMiB: process.memoryUsage.rss() / 2 ** 20 }
  process.send?.(question === 'count' ? counted : await hashMs(question))
})
process.channel?.unref()
